// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>

#include "syncer/base/bytes.h"

namespace syncer::httpio {

/// The body of an answer that is not known as a whole when the answer begins: events as they happen, or a document that
/// others have to be asked for. Its end is the end of the connection. All calls come on the loop's thread.
class BodyStream {
 public:
  virtual ~BodyStream() = default;

  /// What there is to send now, empty while there is nothing; nothing ends the body. Asked for again when that has been
  /// written, and after each wake.
  virtual std::optional<Bytes> take() = 0;
  /// To be called whenever take() may have more. Not called any more when this object is gone.
  void on_more(std::function<void()> wake) { wake_ = std::move(wake); }
  /// What is sent when there was nothing for ServerLimits::idle_time, so that a client that is gone is noticed. Empty:
  /// the answer has taken too long and is broken off.
  virtual Bytes pulse() { return ""; }
  /// The client did not read in time: the connection is broken off.
  virtual void too_slow() {}

 protected:
  void wake() const {
    if (wake_) wake_();
  }

 private:
  std::function<void()> wake_;
};

}  // namespace syncer::httpio
