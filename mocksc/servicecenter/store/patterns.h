// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

/// Hand-written matchers for the regular expressions of the service center; std::regex is slow and depends on locale.
namespace mocksc::patterns {

bool has_no_space(std::string_view text);        ///< ^\S*$
bool has_some_text(std::string_view text);       ///< \S+
bool is_name(std::string_view text);             ///< letters and digits at both ends, also _ - . between; may be empty
bool is_name_or_alias(std::string_view text);    ///< as is_name, also ':' between
bool is_alias(std::string_view text);            ///< ^[a-zA-Z0-9_\-.:]*$
bool is_simple_name(std::string_view text);      ///< ^[A-Za-z0-9_.-]*$
bool is_filled_name(std::string_view text);      ///< ^[A-Za-z0-9_.-]+$
bool is_environment(std::string_view text);      ///< ^(development|testing|acceptance|production)*$
bool is_register_by(std::string_view text);      ///< ^(SDK|SIDECAR|PLATFORM)*$
bool is_level(std::string_view text);            ///< ^(FRONT|MIDDLE|BACK)$
bool is_service_status(std::string_view text);   ///< ^(UP|DOWN)?$
bool is_instance_status(std::string_view text);  ///< one of the five
bool is_maybe_status(std::string_view text);     ///< one of the five or empty
bool is_health_mode(std::string_view text);      ///< ^(push|pull)$
bool is_version(std::string_view text);          ///< 1 to 4 numbers up to 32767
bool is_version_rule(std::string_view text);     ///< version, "x+", "x-y", "latest"
bool is_path(std::string_view text);             ///< path of a service
bool is_schema_id(std::string_view text);        ///< 1..160, letters and digits at both ends
bool is_alnum_text(std::string_view text);       ///< ^[a-zA-Z0-9]*$
bool is_tag(std::string_view text);              ///< ^[a-zA-Z][a-zA-Z0-9_\-.]{0,63}$

}  // namespace mocksc::patterns
