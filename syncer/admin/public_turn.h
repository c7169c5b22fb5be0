// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "syncer/base/time.h"

namespace syncer::admin {

/// Who may ask other regions by way of the read-only listener: all who reach it together, one question at a time and
/// one a second. Each goes to every region, which answers only so many, and those are for operators.
class PublicTurn {
 public:
  /// False when it is somebody else's.
  bool begin(Instant now);
  /// The question was answered, or is given up.
  void end() { is_taken_ = false; }

 private:
  bool is_taken_ = false;
  Instant next_{};
};

}  // namespace syncer::admin
