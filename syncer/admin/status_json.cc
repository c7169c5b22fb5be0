// SPDX-License-Identifier: Apache-2.0
#include "syncer/admin/status_json.h"

#include <nlohmann/json.hpp>

namespace syncer::admin {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

template <class T>
inline constexpr bool kIsDuration = std::is_same_v<T, Duration>;

/// The name of a field in JSON.
template <class T>
std::string key_of(const StatusField& field) {
  return std::string(field.key) + (kIsDuration<T> ? "_seconds" : "");
}

/// The visitor that writes one struct into an object. What is the work of a region's writer is null where another
/// leads.
class Writer {
 public:
  Writer(ordered_json& object, bool follows) : object_(object), follows_(follows) { object_ = ordered_json::object(); }

  template <class T>
  void field(const StatusField& field, const T& value) {
    if constexpr (kIsDuration<T>) {
      object_[key_of<T>(field)] = std::chrono::duration<double>(value).count();
    } else if constexpr (std::is_same_v<T, Epoch>) {
      object_[key_of<T>(field)] = to_string(value);
    } else {
      object_[key_of<T>(field)] = value;
    }
  }
  template <class T>
  void field(const StatusField& field, const std::optional<T>& value) {
    if (value) this->field(field, *value);
  }
  template <class T>
  void derived(const StatusField& field, const T& value) {
    if (!field.key.empty()) this->field(field, value);
  }
  template <class Numbers>
  void counts(const StatusField& field, std::string_view, const Numbers& numbers) {
    object_[std::string(field.key)] = numbers;
  }
  template <class T>
  void part(const StatusPart& part, const T& value) {
    ordered_json& place = object_[std::string(part.key)] = nullptr;
    if (part.of_writer && follows_) return;
    Writer inner(place, follows_);
    T::describe(value, inner);
  }
  template <class T>
  void part(const StatusPart& part, const std::optional<T>& value) {
    if (value) return this->part(part, *value);
    object_[std::string(part.key)] = nullptr;
  }
  template <class T>
  void list(const StatusPart& part, const std::vector<T>& rows) {
    ordered_json& list = object_[std::string(part.key)] = ordered_json::array();
    if (part.of_writer && follows_) return;
    for (const T& row : rows) {
      Writer inner(list.emplace_back(), follows_);
      T::describe(row, inner);
    }
  }

 private:
  ordered_json& object_;
  bool follows_;
};

/// The visitor that reads one struct from an object; the library's exceptions tell what is missing.
class Reader {
 public:
  explicit Reader(const json& object) : object_(object) {}

  template <class T>
  void field(const StatusField& field, T& value) {
    read(object_.at(key_of<T>(field)), value);
  }
  template <class T>
  void field(const StatusField& field, std::optional<T>& value) {
    const auto found = object_.find(key_of<T>(field));
    if (found != object_.end()) read(*found, value.emplace());
  }
  template <class T>
  void derived(const StatusField&, const T&) {}
  template <class Numbers>
  void counts(const StatusField& field, std::string_view, Numbers& numbers) {
    // One that the daemon does not count yet is no reason to show nothing.
    const auto found = object_.find(std::string(field.key));
    if (found != object_.end()) read(*found, numbers);
  }
  template <class T>
  void part(const StatusPart& part, T& value) {
    const json& object = object_.at(std::string(part.key));
    if (part.of_writer && object.is_null()) return;
    Reader inner(object);
    T::describe(value, inner);
  }
  template <class T>
  void part(const StatusPart& part, std::optional<T>& value) {
    if (!object_.at(std::string(part.key)).is_null()) this->part(part, value.emplace());
  }
  template <class T>
  void list(const StatusPart& part, std::vector<T>& rows) {
    for (const json& row : object_.at(std::string(part.key))) {
      Reader inner(row);
      T::describe(rows.emplace_back(), inner);
    }
  }

 private:
  template <class T>
  static void read(const json& from, T& value) {
    if constexpr (kIsDuration<T>) {
      value = std::chrono::round<Duration>(std::chrono::duration<double>(from.get<double>()));
    } else if constexpr (std::is_same_v<T, Epoch>) {
      value = parse_epoch(from.get_ref<const std::string&>()).value_or(Epoch{});
    } else {
      from.get_to(value);
    }
  }

  const json& object_;
};

}  // namespace

namespace {

template <class Document>
bool follows(const Document&) {
  return false;
}
bool follows(const node::Status& status) { return status.follows(); }

}  // namespace

namespace {

template <class Document>
ordered_json object_of(const Document& document) {
  ordered_json object;
  Writer writer(object, follows(document));
  Document::describe(document, writer);
  return object;
}

std::string text_of(const ordered_json& object) {
  return object.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace

template <class Document>
std::string to_json(const Document& document) {
  return text_of(object_of(document));
}

std::string status_json(const node::Status& status, const std::optional<node::Status>& bridge) {
  ordered_json object = object_of(status);
  if (bridge) object["bridge"] = object_of(*bridge);
  return text_of(object);
}

Result<std::optional<node::Status>> bridge_of(std::string_view text) {
  const json object = json::parse(text, nullptr, false);
  if (!object.is_object() || !object.contains("bridge")) return std::optional<node::Status>();
  auto status = from_json<node::Status>(object["bridge"].dump(-1, ' ', false, json::error_handler_t::replace));
  if (!status) return tl::make_unexpected(status.error());
  return std::optional(std::move(*status));
}

template <class Document>
Result<Document> from_json(std::string_view text) {
  try {
    const json object = json::parse(text);
    Document document;
    Reader reader(object);
    Document::describe(document, reader);
    return document;
  } catch (const json::exception& e) {
    return failure(ErrorCode::Corrupt, "", std::string("the daemon's answer is not understood: ") + e.what());
  }
}

template std::string to_json(const node::Status&);
template std::string to_json(const node::MembersReport&);
template std::string to_json(const node::ClusterReport&);
template std::string to_json(const node::KeysReport&);
template std::string to_json(const node::Explanation&);
template std::string to_json(const node::CopiesReport&);
template std::string to_json(const node::ServicesReport&);
template std::string to_json(const node::DifferenceReport&);
template std::string to_json(const node::HistoryReport&);
template std::string to_json(const node::ConfigReport&);
template std::string to_json(const node::MappingsReport&);
template std::string to_json(const node::ReachabilityReport&);
template std::string to_json(const node::RttReport&);
template Result<node::Status> from_json(std::string_view);
template Result<node::MembersReport> from_json(std::string_view);
template Result<node::ClusterReport> from_json(std::string_view);
template Result<node::KeysReport> from_json(std::string_view);
template Result<node::ConfigReport> from_json(std::string_view);
template Result<node::HistoryReport> from_json(std::string_view);
template Result<node::DifferenceReport> from_json(std::string_view);
template Result<node::ServicesReport> from_json(std::string_view);
template Result<node::CopiesReport> from_json(std::string_view);
template Result<node::Explanation> from_json(std::string_view);
template Result<node::MappingsReport> from_json(std::string_view);
template Result<node::ReachabilityReport> from_json(std::string_view);
template Result<node::RttReport> from_json(std::string_view);

}  // namespace syncer::admin
