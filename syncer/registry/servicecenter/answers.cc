// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/servicecenter/answers.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "syncer/base/printable.h"

namespace syncer::registry::servicecenter {
namespace {

constexpr std::size_t kMaxQuote = 200;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/// Walks over JSON values without reading them. It never leaves the text; what is no JSON ends the walk somewhere.
class Walker {
 public:
  Walker(ByteView text, std::size_t at) : text_(text), at_(at) {}

  std::size_t at() const { return at_; }
  void skip_spaces() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }
  bool take(char c) {
    skip_spaces();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  /// Over one value; nothing is passed where none begins.
  void skip_value() {
    int depth = 0;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') {
        skip_text();
      } else if (c == '{' || c == '[') {
        ++depth;
        ++at_;
      } else if (depth == 0 && (c == ',' || c == ']' || c == '}' || is_space(c))) {
        return;
      } else {
        if (c == '}' || c == ']') --depth;
        ++at_;
      }
    }
  }

 private:
  void skip_text() {
    const char* const begin = text_.data();
    for (++at_; at_ < text_.size(); ++at_) {
      const void* quote = std::memchr(begin + at_, '"', text_.size() - at_);
      at_ = quote == nullptr ? text_.size() : static_cast<std::size_t>(static_cast<const char*>(quote) - begin);
      std::size_t escapes = 0;
      while (begin[at_ - 1 - escapes] == '\\') ++escapes;
      if (escapes % 2 == 0) break;
    }
    at_ = std::min(at_ + 1, text_.size());
  }

  ByteView text_;
  std::size_t at_;
};

std::string quote(ByteView body) {
  const std::string text(body.substr(0, kMaxQuote));
  return body.size() > kMaxQuote ? text + "…" : text;
}

ErrorCode meaning(int status, const std::string& code) {
  if (code == "400012" || code == "400016" || code == "400017" || code == "400026") return ErrorCode::NotFound;
  if (status >= 500 || status == 429 || status == 408 || code == "400002") return ErrorCode::Unreachable;
  if (status == 404 || status == 405) return ErrorCode::Unsupported;
  return status >= 400 && status < 500 ? ErrorCode::Refused : ErrorCode::Corrupt;
}

/// Nobody is followed elsewhere: whoever answers in the registry's place could lead requests, and tokens, anywhere.
std::optional<std::string> redirection(const HttpResponse& response) {
  if (response.status < 301 || response.status > 308 || response.status == 304) return std::nullopt;
  const std::string* where = response.headers.find("Location");
  const std::string to = where == nullptr || where->empty() ? "elsewhere" : "to " + printable(quote(*where));
  return "it redirects " + to + ", which is not followed; give the address that answers by itself as --sc-addr";
}

/// Errors are JSON with a textual code; proxies, routers and old releases answer plain text.
Error read_error(const HttpResponse& response) {
  if (auto where = redirection(response)) {
    return {ErrorCode::Corrupt, "HTTP " + std::to_string(response.status), std::move(*where)};
  }
  const auto body = json::Document::parse(response.body);
  const std::string code = body ? text_member(**body, "errorCode").value_or("") : "";
  if (code.empty()) {
    return {meaning(response.status, code), "HTTP " + std::to_string(response.status), quote(response.body)};
  }
  const std::string message = text_member(**body, "errorMessage").value_or("");
  const std::string detail = text_member(**body, "detail").value_or("");
  return {meaning(response.status, code), code, quote(detail.empty() ? message : message + ": " + detail)};
}

tl::unexpected<Error> corrupt(const HttpResponse& response, const char* what) {
  return failure(ErrorCode::Corrupt, "HTTP " + std::to_string(response.status),
                 std::string(what) + " expected, got: " + quote(response.body));
}

/// The object in a successful answer; `{}` for an empty one is written as such by every release.
Result<json::Document> read_object(const RawAnswer& raw, const char* what) {
  if (auto success = read_success(raw); !success) return tl::make_unexpected(success.error());
  auto body = json::Document::parse(raw->body);
  if (!body || !body->root().is_object()) return corrupt(*raw, what);
  return std::move(*body);
}

Result<std::string> read_id(const RawAnswer& raw, const char* name) {
  auto body = read_object(raw, name);
  if (!body) return tl::make_unexpected(body.error());
  const auto id = text_member(**body, name);
  if (!id || id->empty()) return corrupt(*raw, name);
  return *id;
}

/// Reads the elements of a list member; what cannot be read makes the answer partial.
template <class T, class Read>
Result<Answer<std::vector<T>>> read_list(const RawAnswer& raw, const char* name, Read read) {
  auto body = read_object(raw, name);
  if (!body) return tl::make_unexpected(body.error());
  Answer<std::vector<T>> answer;
  const auto* list = member(**body, name);
  if (list == nullptr) return answer;
  if (!list->is_list()) return corrupt(*raw, name);
  for (const auto& element : *list) {
    if (auto value = read(element)) {
      answer.value.push_back(std::move(*value));
    } else {
      answer.reading = Reading::Partial;
      answer.doubt = std::string("an element of ") + name + " cannot be read";
    }
  }
  return answer;
}

/// Index of a query, if it is one.
std::optional<std::size_t> index_of(const json::Value& value, std::size_t size) {
  const auto index = value.natural();
  return index && *index < size ? std::optional<std::size_t>(*index) : std::nullopt;
}

void read_not_modified(const json::Value& section, std::vector<Found>& found) {
  const auto* list = member(section, "notModified");
  if (list == nullptr || !list->is_list()) return;
  for (const auto& element : *list) {
    if (const auto i = index_of(element, found.size())) found[*i].kind = Found::Kind::Unchanged;
  }
}

/// The instances of a batch find, read one by one; nothing when one is not JSON.
std::optional<std::vector<SharedEntry>> read_instances(const CutText& cut, InstanceMemo& memo) {
  std::vector<SharedEntry> instances;
  for (const ByteView text : cut.elements) {
    auto instance = memo.read(text);
    if (!instance) return std::nullopt;
    instances.push_back(std::move(*instance));
  }
  return instances;
}

void read_updated_one(const json::Value& element, const std::vector<SharedEntry>& all, Found& found) {
  const auto revision = text_member(element, "rev");
  const auto* instances = member(element, "instances");
  if (!revision || (instances != nullptr && !instances->is_list())) return;
  found.kind = Found::Kind::Updated;
  found.revision = *revision;
  if (instances == nullptr) return;
  for (const auto& value : *instances) {
    const auto i = index_of(value, all.size());
    if (i && all[*i] && !all[*i]->service.empty())
      found.instances.push_back(all[*i]);
    else
      found.instances_complete = false;
  }
}

void read_updated(const json::Value& section, const std::vector<SharedEntry>& all, std::vector<Found>& found) {
  const auto* list = member(section, "updated");
  if (list == nullptr || !list->is_list()) return;
  for (const auto& element : *list) {
    const auto* index = member(element, "index");
    const auto i = index != nullptr ? index_of(*index, found.size()) : std::nullopt;
    if (i) read_updated_one(element, all, found[*i]);
  }
}

void read_failed(const json::Value& section, std::vector<Found>& found) {
  const auto* list = member(section, "failed");
  if (list == nullptr || !list->is_list()) return;
  for (const auto& element : *list) {
    const auto* indexes = member(element, "indexes");
    const auto* error = member(element, "error");
    if (indexes == nullptr || !indexes->is_list() || error == nullptr) continue;
    const std::string code = text_member(*error, "errorCode").value_or("");
    for (const auto& value : *indexes) {
      const auto i = index_of(value, found.size());
      if (!i) continue;
      found[*i].kind = meaning(400, code) == ErrorCode::NotFound ? Found::Kind::NoService : Found::Kind::Failed;
      found[*i].problem = code + " " + text_member(*error, "detail").value_or("");
    }
  }
}

/// The ordinary answer to a heartbeat set, recognised without parsing it: every instance and nothing besides.
bool says_all_renewed(ByteView body, std::span<const EntryId> asked) {
  CutText cut = cut_lists(body, "instances");
  if (cut.elements.size() != asked.size() || !json::Document::parse(cut.frame)) return false;
  std::sort(cut.elements.begin(), cut.elements.end());
  Bytes text;
  for (const EntryId& ref : asked) {
    text = R"({"serviceId":)";
    append_quoted(text, ref.service);
    text += R"(,"instanceId":)";
    append_quoted(text, ref.id);
    text += '}';
    if (!std::binary_search(cut.elements.begin(), cut.elements.end(), text)) return false;
  }
  return true;
}

}  // namespace

CutText cut_lists(ByteView text, std::string_view name) {
  const std::string label = "\"" + std::string(name) + "\"";
  CutText cut;
  std::size_t kept = 0;
  for (std::size_t found = text.find(label); found != ByteView::npos; found = text.find(label, kept)) {
    Walker walker(text, found + label.size());
    const bool is_list = walker.take(':') && walker.take('[');
    cut.frame.append(text.substr(kept, walker.at() - kept));
    kept = walker.at();
    while (is_list) {
      walker.skip_spaces();
      const std::size_t begin = walker.at();
      walker.skip_value();
      if (walker.at() == begin) break;
      cut.frame.append(std::to_string(cut.elements.size()));
      cut.elements.push_back(text.substr(begin, walker.at() - begin));
      kept = walker.at();
      if (!walker.take(',')) break;
      cut.frame.push_back(',');
      kept = walker.at();
    }
  }
  cut.frame.append(text.substr(kept));
  return cut;
}

Result<void> read_success(const RawAnswer& raw) {
  if (!raw) return tl::make_unexpected(raw.error());
  if (raw->status == 200) return {};
  return tl::make_unexpected(read_error(*raw));
}

Result<Answer<std::vector<ServiceDocument>>> read_services(const RawAnswer& raw, const std::string& domain,
                                                           const std::string& project) {
  return read_list<ServiceDocument>(raw, "services",
                                    [&](const json::Value& v) { return read_service(v, domain, project); });
}

Result<Answer<std::vector<Found>>> read_find(const RawAnswer& raw, std::size_t queries, InstanceMemo& memo) {
  if (auto success = read_success(raw); !success) return tl::make_unexpected(success.error());
  const CutText cut = cut_lists(raw->body, "instances");
  const auto body = json::Document::parse(cut.frame);
  const auto instances = read_instances(cut, memo);
  if (!body || !body->root().is_object() || !instances) return corrupt(*raw, "batch find");
  Answer<std::vector<Found>> answer;
  answer.value.resize(queries);
  if (const auto* section = member(**body, "services"); section != nullptr && section->is_object()) {
    read_not_modified(*section, answer.value);
    read_updated(*section, *instances, answer.value);
    read_failed(*section, answer.value);
  }
  for (const Found& found : answer.value) {
    const bool answered = found.kind != Found::Kind::Unmentioned && found.kind != Found::Kind::Failed;
    if (answered && found.instances_complete) continue;
    answer.reading = Reading::Partial;
    answer.doubt = found.problem.empty() ? "the batch find leaves something out" : found.problem;
  }
  return answer;
}

Result<Answer<std::vector<SchemaDocument>>> read_schemas(const RawAnswer& raw) {
  return read_list<SchemaDocument>(raw, "schemas", [](const json::Value& v) { return read_schema(v); });
}

Result<std::string> read_service_id(const RawAnswer& raw) { return read_id(raw, "serviceId"); }
Result<std::string> read_instance_id(const RawAnswer& raw) { return read_id(raw, "instanceId"); }
Result<std::string> read_login_token(const RawAnswer& raw) { return read_id(raw, "token"); }

Result<Entry> read_one_instance(const RawAnswer& raw) {
  auto body = read_object(raw, "instance");
  if (!body) return tl::make_unexpected(body.error());
  const auto* value = member(**body, "instance");
  auto instance = value != nullptr ? read_instance(*value) : std::nullopt;
  if (!instance) return corrupt(*raw, "instance");
  return std::move(*instance);
}

Result<std::vector<Beat>> read_heartbeats(const RawAnswer& raw, std::span<const EntryId> asked) {
  if (auto success = read_success(raw); !success) return tl::make_unexpected(success.error());
  // Releases up to 2.0 say "all renewed" by an empty body; later ones list every element.
  if (raw->body.empty()) return std::vector<Beat>(asked.size(), Beat::Renewed);
  if (says_all_renewed(raw->body, asked)) return std::vector<Beat>(asked.size(), Beat::Renewed);
  auto body = read_object(raw, "heartbeats");
  if (!body) return tl::make_unexpected(body.error());
  std::map<std::pair<std::string, std::string>, Beat> listed;
  const auto* list = member(**body, "instances");
  if (list != nullptr && !list->is_list()) return corrupt(*raw, "heartbeats");
  const json::Value none;
  for (const auto& element : list != nullptr ? *list : none) {
    const auto service = text_member(element, "serviceId");
    const auto instance = text_member(element, "instanceId");
    const auto message = text_member(element, "errMessage");
    if (!service || !instance || !message) continue;
    const bool lost = message->find("not exist") != std::string::npos;
    listed[{*service, *instance}] = message->empty() ? Beat::Renewed : lost ? Beat::Lost : Beat::Unknown;
  }
  std::vector<Beat> beats;
  for (const EntryId& ref : asked) {
    const auto found = listed.find({ref.service, ref.id});
    beats.push_back(found == listed.end() ? Beat::Unknown : found->second);
  }
  return beats;
}

}  // namespace syncer::registry::servicecenter
