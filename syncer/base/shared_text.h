// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <compare>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace syncer {

/// Text that never changes and that all copies share: a copy takes eight bytes and no allocation. For names that many
/// places keep. Ordered and compared by content; of two copies of one text that costs nothing.
class SharedText {
 public:
  SharedText() = default;
  // Implicit, as a std::string is made of these.
  SharedText(std::string text) : block_(text.empty() ? nullptr : new Block(std::move(text))) {}  // NOLINT
  SharedText(std::string_view text) : SharedText(std::string(text)) {}                           // NOLINT
  SharedText(const char* text) : SharedText(std::string(text)) {}                                // NOLINT
  SharedText(const SharedText& other) : block_(other.block_) {
    if (block_ != nullptr) block_->owners.fetch_add(1, std::memory_order_relaxed);
  }
  SharedText(SharedText&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  SharedText& operator=(SharedText other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~SharedText() {
    if (block_ != nullptr && block_->owners.fetch_sub(1, std::memory_order_acq_rel) == 1) delete block_;
  }

  const std::string& str() const { return block_ != nullptr ? block_->text : nothing(); }
  operator const std::string&() const { return str(); }  // NOLINT(google-explicit-constructor): it is a text
  operator std::string_view() const { return str(); }    // NOLINT(google-explicit-constructor)
  bool empty() const { return block_ == nullptr; }
  std::size_t size() const { return str().size(); }

  friend bool operator==(const SharedText& a, const SharedText& b) {
    return a.block_ == b.block_ || a.str() == b.str();
  }
  friend std::strong_ordering operator<=>(const SharedText& a, const SharedText& b) {
    return a.block_ == b.block_ ? std::strong_ordering::equal : a.str() <=> b.str();
  }
  template <class Text>
  requires std::convertible_to<const Text&, std::string_view> &&(!std::same_as<Text, SharedText>)friend bool operator==(
      const SharedText& a, const Text& b) {
    return std::string_view(a) == std::string_view(b);
  }
  template <class Text>
  requires std::convertible_to<const Text&, std::string_view> &&
      (!std::same_as<Text, SharedText>)friend std::strong_ordering
      operator<=>(const SharedText& a, const Text& b) {
    return std::string_view(a) <=> std::string_view(b);
  }

 private:
  struct Block {
    explicit Block(std::string&& t) : text(std::move(t)) {}
    std::atomic<std::uint32_t> owners{1};
    const std::string text;
  };
  static const std::string& nothing() {
    static const std::string kNothing;
    return kNothing;
  }

  Block* block_ = nullptr;
};

}  // namespace syncer
