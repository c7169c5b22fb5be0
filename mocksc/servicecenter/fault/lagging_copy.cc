// SPDX-License-Identifier: Apache-2.0
#include "mocksc/servicecenter/fault/lagging_copy.h"

namespace mocksc {

Model& LaggingCopy::at(syncer::Instant to) {
  while (!steps_.empty() && steps_.front().at <= to) {
    Recorded next = std::move(steps_.front());
    steps_.pop_front();
    next.step(model_, next.at);
  }
  if (to > position_) position_ = to;
  model_.advance(position_);
  return model_;
}

}  // namespace mocksc
