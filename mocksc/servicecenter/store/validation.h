// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mocksc/servicecenter/api/api_error.h"
#include "mocksc/servicecenter/store/records.h"

namespace mocksc {

/// Negative, zero or positive like strcmp; "1.0" equals "1.0.0".
int compare_versions(std::string_view a, std::string_view b);
/// Whether a version fits "1.0.0", "1.0.0+" or "1.0.0-2.0.0" (upper end excluded). "latest" fits every version: the
/// caller keeps the greatest.
bool fits_rule(std::string_view version, std::string_view rule);

/// One field's rule. On text `min` counts bytes and `max` code points, on numbers they bound the value, on lists and
/// maps the element count; 0 means no bound. `matches` stands for the regular expression `pattern`.
struct Rule {
  std::int64_t min = 0;
  std::int64_t max = 0;
  bool (*matches)(std::string_view) = nullptr;
  std::string_view pattern = {};
};

/// As Go prints a list of texts: "[a b]".
std::string go_list(const std::vector<std::string>& values);

/// "{Min: 1, Max: 64, Regexp: ^\S*$}".
std::string to_text(const Rule& rule);

/// Checks the fields of one structure in their order and keeps the text of the first failure.
class Check {
 public:
  /// `structure` is the Go name that the failure text shows, e.g. "MicroServiceInstance".
  explicit Check(std::string_view structure) : structure_(structure) {}
  Check& text(std::string_view field, std::string_view value, const Rule& rule);
  /// Below zero is refused even without a lower bound, except by old releases.
  Check& number(std::string_view field, std::int64_t value, const Rule& rule, bool allows_negative);
  Check& list(std::string_view field, const std::vector<std::string>& values, const Rule& rule);
  Check& map(std::string_view field, const Properties& values, const Rule& rule);
  /// Only the element count matters; `shown` is what the failure text shows.
  Check& count(std::string_view field, std::size_t size, const Rule& rule, std::string_view shown);
  /// A ruled pointer that must not be null.
  Check& present(std::string_view field, bool is_present);
  /// Takes over the failure of a nested structure.
  Check& nested(const std::optional<ApiError>& failure);
  /// Nothing when all was well, else 400001 with the text.
  const std::optional<ApiError>& failure() const { return failure_; }

 private:
  void fail(std::string_view field, std::string_view value, const Rule& rule);
  std::string_view structure_;
  std::optional<ApiError> failure_;
};

namespace rules {
extern const Rule kServiceId;    ///< 1..64 without spaces
extern const Rule kConsumerId;   ///< up to 64 without spaces
extern const Rule kInstanceId;   ///< 1..64 simple name
extern const Rule kEnvironment;  ///< a known environment or empty
extern const Rule kAppId;        ///< 1..160 name
extern const Rule kSearchName;   ///< 1..289 service name or alias
extern const Rule kVersion;      ///< 1..64 exact version
extern const Rule kVersionRule;  ///< 1..129 exact, "x+", "x-y" or "latest"
extern const Rule kOptionalVersionRule;
extern const Rule kOptionalAppId;
extern const Rule kServiceName;
extern const Rule kRuleType;
extern const Rule kRuleAttribute;
extern const Rule kRulePattern;
extern const Rule kRuleDescription;
extern const Rule kUpdateStatus;     ///< an instance status
extern const Rule kSchemaId;         ///< 1..160
extern const Rule kSchemaSummary;    ///< up to 128, may be empty
extern const Rule kSummaryRequired;  ///< 1..128
extern const Rule kNotEmpty;         ///< at least one byte or element
extern const Rule kTag;              ///< tag key or value
}  // namespace rules

/// Rules of a service to be created (after defaults were filled in).
/// `framework` is Go's name of that structure.
std::optional<ApiError> check_service(const Service& service, std::size_t schema_quota, std::string_view framework);
/// Rules of an instance to be registered.
std::optional<ApiError> check_instance(const Instance& instance, bool allows_negative);

}  // namespace mocksc
