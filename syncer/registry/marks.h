// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "syncer/registry/snapshot.h"

/// The names under which syncers write into the metadata of what they register. Kinds whose metadata takes no dots
/// write dashes instead and read them as dots.
namespace syncer::registry::marks {

inline constexpr std::string_view kPrefix = "syncer.";
// Of a copy, in every kind: where it comes from.
inline constexpr std::string_view kRegion = "syncer.region";
inline constexpr std::string_view kInstance = "syncer.instance";
inline constexpr std::string_view kEpoch = "syncer.epoch";
inline constexpr std::string_view kSeal =
    "syncer.seal";  ///< the pool's signature below the mark; a canary has one as well
// Of a copy, where a kind has no place of its own for what its origin says.
inline constexpr std::string_view kKind = "syncer.kind";        ///< kind of the origin's registry, where it is another
inline constexpr std::string_view kName = "syncer.name";        ///< of the service, when it had to be changed
inline constexpr std::string_view kApp = "syncer.app";          ///< of the service
inline constexpr std::string_view kVersion = "syncer.version";  ///< of the service
inline constexpr std::string_view kEnvironment = "syncer.env";  ///< of the service
inline constexpr std::string_view kStatus = "syncer.status";    ///< the origin's word, when it is not the copy's
inline constexpr std::string_view kEndpoints =
    "syncer.endpoints";                                 ///< the origin's, where a policy shows those of a gateway
inline constexpr std::string_view kCut = "syncer.cut";  ///< what was left out, in words
// Of a canary.
inline constexpr std::string_view kCanary = "syncer.canary";  ///< its region
inline constexpr std::string_view kNode = "syncer.node";
inline constexpr std::string_view kRun = "syncer.run";
inline constexpr std::string_view kCount = "syncer.count";

inline bool is_mark(std::string_view key) { return key.starts_with(kPrefix); }

/// The value under that name; empty when there is none.
std::string value(const Metadata& metadata, std::string_view mark);
/// Writes the mark, unless its value is empty.
void set(Metadata& metadata, std::string_view mark, std::string value);
/// What an application or another syncer wrote in these names goes, and the copy is marked with its origin.
void mark_copy(Metadata& metadata, const std::string& region, const std::string& instance);
/// Reads the marks of a copy out of metadata and takes epoch and seal away, which are part of the mark alone. Nothing
/// when region or instance is missing.
std::optional<CopyMark> take_copy_mark(Metadata& metadata);
/// The mark of a canary as metadata, and back. Nothing when there is none.
Metadata canary_metadata(const CanaryMark& mark);
std::optional<CanaryMark> canary_mark(const Metadata& metadata);

}  // namespace syncer::registry::marks
