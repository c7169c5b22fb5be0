// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>

#include "syncer/base/bytes.h"
#include "syncer/base/result.h"

struct x509_st;

namespace syncer::tls {

/// Certificates that are not believed any more although their time is not over. A line each: the SHA-256 fingerprint
/// (64 hexadecimal digits) or the serial number (fewer), colons allowed; "#" begins a comment. It holds for CAs, too.
class DenyList {
 public:
  /// Invalid, with the number of the line.
  static Result<DenyList> parse(ByteView text);
  bool contains(const x509_st& certificate) const;
  std::size_t size() const { return entries_.size(); }

 private:
  std::set<std::string> entries_;
};

}  // namespace syncer::tls
