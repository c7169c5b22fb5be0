// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/record.h"

#include <gtest/gtest.h>

namespace syncer::registry {
namespace {

RecordKey instance_key(const std::string& id) { return {RecordKind::Instance, {"", "", "shop", "cart", "1.0.0"}, id}; }

TEST(RecordKey, SurvivesItsEncoding) {
  const RecordKey key{RecordKind::Attachment, {"d/p", "production", "shop", "cart", "1.0.0"}, "hello"};
  EXPECT_EQ(decode_key(encode_key(key)), key);
}

TEST(RecordKey, OfOneInstanceIsNoPrefixOfAnother) {
  const Bytes shorter = encode_key(instance_key("dc1"));
  const Bytes longer = encode_key(instance_key("dc10"));
  EXPECT_FALSE(longer.starts_with(shorter));
}

TEST(RecordKey, KeepsFieldsApartThatSpellTheSameTogether) {
  RecordKey a = instance_key("x");
  RecordKey b = a;
  a.service.app = "ab";
  a.service.name = "c";
  b.service.app = "a";
  b.service.name = "bc";
  EXPECT_NE(encode_key(a), encode_key(b));
}

TEST(RecordKey, RefusesEveryTruncation) {
  const Bytes bytes = encode_key(instance_key("i-1"));
  for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_EQ(decode_key(bytes.substr(0, size)), std::nullopt);
}

TEST(RecordKey, RefusesTrailingBytesUnknownKindsAndIdsThatDoNotFitTheKind) {
  EXPECT_EQ(decode_key(encode_key(instance_key("i")) + "x"), std::nullopt);
  Bytes unknown = encode_key(instance_key("i"));
  unknown[0] = 9;
  EXPECT_EQ(decode_key(unknown), std::nullopt);
  EXPECT_EQ(decode_key(encode_key(instance_key(""))), std::nullopt);
  RecordKey service = instance_key("i");
  service.kind = RecordKind::Service;
  EXPECT_EQ(decode_key(encode_key(service)), std::nullopt);
}

TEST(RecordKey, ReadsForPeople) {
  EXPECT_EQ(to_string(instance_key("i-1")), "shop/cart/1.0.0 instance i-1");
  EXPECT_EQ(to_string(ServiceKey{"acme/eu", "production", "shop", "cart", "1.0.0"}),
            "acme/eu:production/shop/cart/1.0.0");
}

}  // namespace
}  // namespace syncer::registry
