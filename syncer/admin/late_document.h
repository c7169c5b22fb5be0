// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "syncer/httpio/body_stream.h"

namespace syncer::admin {

/// A document that is there once others have answered.
class LateDocument final : public httpio::BodyStream {
 public:
  /// The whole of it.
  void finish(std::string text) {
    text_ = std::move(text);
    is_finished_ = true;
    wake();
  }
  std::optional<Bytes> take() override {
    if (!is_finished_) return Bytes();
    if (text_.empty()) return std::nullopt;
    return std::exchange(text_, {});
  }

 private:
  std::string text_;
  bool is_finished_ = false;
};

}  // namespace syncer::admin
