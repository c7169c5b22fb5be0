// SPDX-License-Identifier: Apache-2.0
#include "syncer/daemon/process_limits.h"

#include <gtest/gtest.h>

namespace syncer::daemon {
namespace {

TEST(ProcessLimits, StreamsLeaveDescriptorsForTheRegistryAndOperators) {
  for (const std::size_t descriptors : {500U, 1024U, 4096U, 65536U}) {
    const net::StreamLimits limits = stream_limits(descriptors, 16);
    EXPECT_LE(limits.links + limits.flushing + 3 * 64 + 2 * 16, descriptors) << descriptors;
    EXPECT_GE(limits.links, 16U) << descriptors;
  }
  EXPECT_EQ(stream_limits(65536, 16).links, net::StreamLimits{}.links);
  EXPECT_EQ(stream_limits(65536, 16).flushing, net::StreamLimits{}.flushing);
}

TEST(ProcessLimits, WithNextToNoDescriptorsSomeStreamsAreTried) { EXPECT_GE(stream_limits(64, 16).links, 16U); }

}  // namespace
}  // namespace syncer::daemon
