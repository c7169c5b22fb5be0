// SPDX-License-Identifier: Apache-2.0
#include "syncer/catalog/exporter.h"

#include <gtest/gtest.h>

#include "syncer/catalog/regions.h"

namespace syncer::catalog {
namespace {

class Deaf : public Observer {
 public:
  bool wants(Severity) const override { return false; }
  void on_event(const Event&) override {}
};

const registry::ServiceKey kCart{"", "", "shop", "cart", "1.0.0"};

Bytes key_of(const std::string& id) { return instance_key(kCart, id); }

std::size_t untold(const Exporter& exporter) {
  Sizes sizes;
  exporter.fill(sizes);
  return sizes.untold;
}

TEST(Exporter, WhatNobodyTakesIsBoundedByWhatLives) {
  Deaf observer;
  Exporter exporter(observer);
  exporter.put_instance(Instant{}, kCart, "first", "x");
  exporter.take_changes();
  for (int i = 0; i < 1000; ++i) {
    const std::string id = std::to_string(i);
    exporter.put_instance(Instant{}, kCart, id, "x");
    exporter.put_instance(Instant{}, kCart, id, "y");
    exporter.remove(Instant{}, key_of(id));
  }
  EXPECT_EQ(untold(exporter), 0U);
  exporter.put_instance(Instant{}, kCart, "last", "x");
  exporter.remove(Instant{}, key_of("first"));
  exporter.put_instance(Instant{}, kCart, "first", "x");
  exporter.remove(Instant{}, key_of("first"));
  EXPECT_EQ(untold(exporter), 2U);
  const auto changes = exporter.take_changes();
  ASSERT_EQ(changes.size(), 2U);
  EXPECT_EQ(changes[0].key, key_of("last"));
  EXPECT_EQ(changes[1].key, key_of("first")) << "it was told once, so its removal is, too";
  EXPECT_FALSE(changes[1].payload);
}

}  // namespace
}  // namespace syncer::catalog
