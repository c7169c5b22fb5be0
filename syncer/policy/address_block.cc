// SPDX-License-Identifier: Apache-2.0
#include "syncer/policy/address_block.h"

#include <algorithm>

#include "syncer/base/quantity.h"

namespace syncer::policy {
namespace {

constexpr std::uint8_t kMappedBits = 96;

/// Bits of byte `index` that belong to the beginning of `bits` bits.
std::uint8_t mask_of(std::size_t index, std::uint8_t bits) {
  const std::size_t before = index * 8;
  if (bits >= before + 8) return 0xff;
  return bits <= before ? 0 : static_cast<std::uint8_t>(0xff00U >> (bits - before));
}

}  // namespace

bool AddressBlock::contains(const Endpoint& address) const {
  for (std::size_t i = 0; i < first.size(); ++i) {
    if (((address.address[i] ^ first[i]) & mask_of(i, bits)) != 0) return false;
  }
  return true;
}

std::optional<Endpoint> address_of(std::string_view host) {
  const bool is_v6 = host.find(':') != std::string_view::npos;
  auto parsed = parse_endpoint(is_v6 ? "[" + std::string(host) + "]:1" : std::string(host) + ":1");
  if (!parsed) return std::nullopt;
  parsed->port = 0;
  return *parsed;
}

Result<AddressBlock> parse_address_block(std::string_view text) {
  const std::size_t slash = std::min(text.find('/'), text.size());
  const auto address = address_of(text.substr(0, slash));
  if (!address)
    return failure(ErrorCode::Invalid, "", "\"" + std::string(text) + "\" is no address and no block of them");
  AddressBlock block{address->address, 128};
  if (slash == text.size()) return block;
  const std::uint8_t skipped = address->is_v4() ? kMappedBits : 0;
  const auto bits = parse_number(text.substr(slash + 1), 128U - skipped);
  if (!bits) {
    return failure(ErrorCode::Invalid, "", "\"" + std::string(text) + "\" wants a number of bits behind the \"/\"");
  }
  block.bits = static_cast<std::uint8_t>(*bits + skipped);
  for (std::size_t i = 0; i < block.first.size(); ++i) {
    if ((block.first[i] & ~mask_of(i, block.bits)) == 0) continue;
    return failure(ErrorCode::Invalid, "", "\"" + std::string(text) + "\" has bits behind those of the block");
  }
  return block;
}

Endpoint translate(const Endpoint& address, const AddressBlock& from, const AddressBlock& to) {
  Endpoint translated;
  for (std::size_t i = 0; i < from.first.size(); ++i) {
    const std::uint8_t mask = mask_of(i, from.bits);
    translated.address[i] = static_cast<std::uint8_t>((to.first[i] & mask) | (address.address[i] & ~mask));
  }
  return translated;
}

}  // namespace syncer::policy
