// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "syncer/base/endpoint.h"
#include "syncer/base/result.h"

namespace syncer::policy {

/// All addresses that begin with the same bits: "10.1.0.0/16", "2001:db8::/32"; an address alone is a block of one.
/// IPv4 is held as IPv4-mapped IPv6, as in Endpoint.
struct AddressBlock {
  std::array<std::uint8_t, 16> first{};
  std::uint8_t bits = 128;  ///< of the 128 that all have in common
  bool operator==(const AddressBlock&) const = default;

  bool contains(const Endpoint& address) const;
};

/// The error names what is wrong: no address, too many bits, or bits set behind the block's.
Result<AddressBlock> parse_address_block(std::string_view text);

/// The address at the same place of a block of the same size.
Endpoint translate(const Endpoint& address, const AddressBlock& from, const AddressBlock& to);

/// The numeric address that a host is; nothing for a name.
std::optional<Endpoint> address_of(std::string_view host);

}  // namespace syncer::policy
