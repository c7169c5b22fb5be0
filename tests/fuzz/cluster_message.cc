// SPDX-License-Identifier: Apache-2.0
#include "syncer/wire/raft/cluster_message.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

using namespace syncer::wire;

/// The body of a frame between the syncers of a region, type first: what can be read is written and read the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto message = decode_cluster(data[0], {reinterpret_cast<const char*>(data) + 1, size - 1});
  if (!message) return 0;
  const ClusterFrame frame = cluster_frame(*message);
  const auto again = decode_cluster(frame.type, frame.body);
  if (frame.type != data[0] || !again || *again != *message) std::abort();
  return 0;
}
