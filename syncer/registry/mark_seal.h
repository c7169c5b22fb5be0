// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "syncer/base/bytes.h"
#include "syncer/registry/snapshot.h"

namespace syncer::registry {

/// What the signature of a mark proves.
enum class Proof : std::uint8_t {
  None,    ///< nobody of this pool wrote the mark, or somebody changed it
  Former,  ///< it was written under a key that only opens now: to be signed again
  Current
};

/// Signs the marks that syncers write beside their entries in a registry, where everybody may write, and knows them
/// again. In a pool without a key marks carry no signature and all of them are believed.
class MarkSeal {
 public:
  /// Length of a signature: hexadecimal digits.
  static constexpr std::size_t kLength = 32;
  /// There is a key now. The two others are called only then.
  using Active = std::function<bool()>;
  /// The signature of a text.
  using Sign = std::function<std::string(ByteView text)>;
  /// What a signature of the text is worth.
  using Check = std::function<Proof(ByteView text, std::string_view signature)>;

  /// Without a key.
  MarkSeal() = default;
  MarkSeal(Active active, Sign sign, Check check)
      : active_(std::move(active)), sign_(std::move(sign)), check_(std::move(check)) {}

  bool active() const { return active_ && active_(); }

  /// Signatures bind a mark to the id of its entry, so that none of them is worth anything on another one. Where the
  /// registry chooses ids, `id` is empty. No signature, and every mark is as if signed now, while there is no key.
  std::string sign(const CopyMark& mark, std::string_view id) const;
  std::string sign(const CanaryMark& mark, std::string_view id) const;
  Proof check(const CopyMark& mark, std::string_view id) const;
  Proof check(const CanaryMark& mark, std::string_view id) const;
  bool believes(const CopyMark& mark, std::string_view id) const { return check(mark, id) != Proof::None; }
  bool believes(const CanaryMark& mark, std::string_view id) const { return check(mark, id) != Proof::None; }

 private:
  Active active_;
  Sign sign_;
  Check check_;
};

/// Of a pool without a key.
inline const MarkSeal kOpenMarks;

}  // namespace syncer::registry
