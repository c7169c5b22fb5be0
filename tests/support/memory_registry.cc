// SPDX-License-Identifier: Apache-2.0
#include "tests/support/memory_registry.h"

#include <algorithm>

#include "syncer/registry/poll_cycle.h"
#include "syncer/registry/record.h"

namespace syncer::registry::memory {
namespace {

constexpr std::string_view kEntries = "/entries";

HttpResponse answer(int status, Bytes body = {}) { return {status, {}, std::move(body)}; }

Item read_item(ByteReader& reader) {
  Item item;
  for (std::string* field : {&item.app, &item.name, &item.version, &item.status}) *field = reader.string();
  const std::size_t endpoints = reader.count(1);
  for (std::size_t i = 0; i < endpoints && reader.ok(); ++i) item.endpoints.emplace_back(reader.string());
  const std::size_t texts = reader.count(2);
  for (std::size_t i = 0; i < texts && reader.ok(); ++i) {
    std::string key(reader.string());
    item.metadata.insert_or_assign(std::move(key), std::string(reader.string()));
  }
  return item;
}

}  // namespace

Bytes encode(const Item& item) {
  Bytes bytes;
  ByteWriter writer(bytes);
  for (const std::string* field : {&item.app, &item.name, &item.version, &item.status}) writer.string(*field);
  writer.varint(item.endpoints.size());
  for (const std::string& endpoint : item.endpoints) writer.string(endpoint);
  writer.varint(item.metadata.size());
  for (const auto& [key, value] : item.metadata) {
    writer.string(key);
    writer.string(value);
  }
  return bytes;
}

std::optional<Item> decode(ByteView bytes) {
  ByteReader reader(bytes);
  Item item = read_item(reader);
  return reader.finished() ? std::optional(std::move(item)) : std::nullopt;
}

HttpResponse Registry::handle(Instant now, const HttpRequest& request) {
  advance(now);
  if (fault_ == Fault::Error) return answer(503);
  if (request.target == kEntries) return request.method == "GET" ? list() : add(now, request.body);
  if (!request.target.starts_with("/entries/")) return answer(404);
  return one(now, request, request.target.substr(kEntries.size() + 1));
}

HttpResponse Registry::list() const {
  const bool partial = fault_ == Fault::Partial;
  Bytes body;
  ByteWriter writer(body);
  writer.string(partial ? "partial" : "complete");
  if (partial) return answer(200, std::move(body));
  for (const auto& [id, item] : items_) {
    writer.string(id);
    writer.string(encode(item));
  }
  return answer(200, std::move(body));
}

HttpResponse Registry::add(Instant now, const Bytes& body) {
  if (body.size() > kMaxItem) return answer(413);
  auto item = decode(body);
  if (!item) return answer(400);
  const std::string id = "m" + std::to_string(++last_id_);
  items_.emplace(id, std::move(*item));
  ends_[id] = now + kLease;
  return answer(200, id);
}

HttpResponse Registry::one(Instant now, const HttpRequest& request, const std::string& path) {
  const bool renewal = path.ends_with("/lease");
  const std::string id = renewal ? path.substr(0, path.size() - 6) : path;
  const auto found = items_.find(id);
  if (found == items_.end()) return answer(404);
  if (renewal) ends_[id] = now + kLease;
  if (request.method == "GET") return answer(200, encode(found->second));
  if (request.method == "DELETE") drop(id);
  if (request.method == "PATCH") {
    if (request.body.size() > kMaxItem) return answer(413);
    auto item = decode(request.body);
    if (!item) return answer(400);
    found->second = std::move(*item);
  }
  return answer(200);
}

void Registry::drop(const std::string& id) {
  items_.erase(id);
  ends_.erase(id);
}

void Registry::advance(Instant now) {
  std::vector<std::string> ended;
  for (const auto& [id, end] : ends_) {
    if (end <= now) ended.push_back(id);
  }
  for (const std::string& id : ended) drop(id);
}

Instant Registry::next_deadline() const {
  Instant due = kNever;
  for (const auto& [id, end] : ends_) due = std::min(due, end);
  return due;
}

namespace {

const Traits kTraits = {
    .read_lag = std::chrono::milliseconds(500),
    .ghost_time = {},
    .write_lag = {},
    .change_gap = {},
    .canary_lease = Registry::kLease,
    .renew_batch = 1,
    .chooses_id = false,
    .endpoints_in_place = true,
};

const ServiceKey kCanaryService = {"", "", "syncer", "SYNCER", "1"};

Result<void> success_of(const RawAnswer& raw) {
  if (!raw) return tl::make_unexpected(raw.error());
  const std::string where = "HTTP " + std::to_string(raw->status);
  if (raw->status == 200) return {};
  if (raw->status == 404) return failure(ErrorCode::NotFound, where, "no such entry");
  if (raw->status == 413) return failure(ErrorCode::TooLarge, where, "the entry is too large");
  return failure(raw->status >= 500 ? ErrorCode::Unreachable : ErrorCode::Refused, where, "");
}

std::string take(Metadata& metadata, const char* key) {
  const auto found = metadata.find(key);
  return found == metadata.end() ? std::string() : std::move(metadata.extract(found).mapped());
}

Status status_of(const std::string& word) { return word == "UP" ? Status::Up : Status::Down; }

Bytes payload_of(const Item& item) {
  InstanceRecord record;
  record.native.kind = kNativeKind;
  record.instance.status = status_of(item.status);
  record.instance.metadata = item.metadata;
  record.instance.lease = static_cast<std::uint32_t>(Registry::kLease / std::chrono::seconds(1));
  for (const std::string& text : item.endpoints) record.instance.endpoints.push_back(parse_service_endpoint(text));
  if (!item.endpoints.empty()) record.instance.host_name = record.instance.endpoints.front().host;
  return encode_record(record);
}

Entry entry_of(const std::string& id, const std::string& service, Item item) {
  Entry entry;
  entry.id = id;
  entry.service = service;
  entry.lease = Registry::kLease;
  entry.registration = id;  // never given twice
  entry.status = item.status;
  if (item.metadata.contains("syncer.region")) {
    const std::string epoch = take(item.metadata, "syncer.epoch");
    entry.copy = CopyMark{item.metadata["syncer.region"], item.metadata["syncer.instance"], epoch};
    entry.metadata = std::move(item.metadata);
    entry.endpoints = std::move(item.endpoints);
  } else if (item.metadata.contains("syncer.canary")) {
    entry.canary = CanaryMark{item.metadata["syncer.canary"], item.metadata["syncer.node"], item.metadata["syncer.run"],
                              std::stoull("0" + item.metadata["syncer.count"])};
  } else {
    entry.payload = payload_of(item);
  }
  return entry;
}

class MemoryDriver : public Driver {
 public:
  explicit MemoryDriver(const DriverContext& context) : context_(context) {}

  const Traits& traits() const override { return kTraits; }

  void poll(Instant now) override {
    context_.cycle.open();
    send(now, Urgency::Read, "GET", std::string(kEntries), {}, [this](Instant at, const RawAnswer& raw) {
      if (const auto success = success_of(raw); !success)
        context_.cycle.doubt(to_string(success.error()));
      else
        on_list(raw->body);
      context_.cycle.close(at);
    });
  }

  void confirm(Instant now, const EntryId& entry, Answered<const Confirmation&> done) override {
    send(now, Urgency::Read, "GET", path_of(entry), {},
         [entry, done = std::move(done)](Instant at, const RawAnswer& raw) {
           const auto success = success_of(raw);
           auto item = success ? decode(raw->body) : std::nullopt;
           if (item) {
             auto shown = entry_of(entry.id, entry.service, std::move(*item));
             return done(at, {Presence::Present, std::make_shared<const Entry>(std::move(shown))});
           }
           const bool absent = !success && success.error().code == ErrorCode::NotFound;
           done(at, {absent ? Presence::Absent : Presence::Unknown, nullptr});
         });
  }

  void distrust(const ServiceRef&) override {}
  void dropped(const EntryId&) override {}
  void probe(Instant now, const std::string& address, Answered<bool> done) override {
    HttpRequest request;
    request.method = "GET";
    request.target = kEntries;
    context_.calls.probe(now, address, std::move(request), [done = std::move(done)](Instant at, const RawAnswer& raw) {
      done(at, success_of(raw).has_value());
    });
  }

  void follow(Instant, const ServiceRef&) override {}
  bool caught_up() const override { return true; }

  bool is_mirrored(const ServiceKey& service) const override { return service.space.empty(); }
  Result<SharedPlan> plan(const std::string& region, const std::string& instance, ByteView payload) override;
  const ServiceRef* prepare(Instant, const ServiceKey& service, const CopyPlan&) override {
    return &(prepared_ = ref_of(service));
  }
  std::string problem(const ServiceKey&) const override { return ""; }
  void reconsider(Instant now, const ServiceKey& service) override { context_.owner.preparation_changed(now, service); }
  void unprepare(const ServiceKey&) override {}
  void allow_writes(Instant, bool) override {}
  std::vector<std::string> problems() const override { return {}; }

  void put(Instant now, const ServiceRef& where, const CopyWrite& copy, DoneWithId done) override {
    add(now, Urgency::Write, where, item_of(copy), std::move(done));
  }
  void change(Instant now, const EntryId& entry, const CopyWrite& copy, Aspect, Done done) override {
    write(now, Urgency::Write, "PATCH", path_of(entry), encode(item_of(copy)), std::move(done));
  }
  void remove(Instant now, const EntryId& entry, const CopyMark&, Urgency urgency, Done done) override {
    write(now, urgency, "DELETE", path_of(entry), {}, std::move(done));
  }
  void renew(Instant now, std::span<const EntryId> entries, BeatSink sink) override {
    for (const EntryId& entry : entries) {
      write(now, Urgency::Lease, "PUT", path_of(entry) + "/lease", {}, [entry, sink](Instant at, const auto& success) {
        const bool lost = !success && success.error().code == ErrorCode::NotFound;
        sink(at, entry, success ? Beat::Renewed : lost ? Beat::Lost : Beat::Unknown);
      });
    }
  }

  void put_canary(Instant now, const CanaryMark& mark, DoneWithId done) override {
    add(now, Urgency::Lease, ref_of(kCanaryService), canary_item(mark), std::move(done));
  }
  void change_canary(Instant now, const EntryId& entry, const CanaryMark& mark, Done done) override {
    write(now, Urgency::Lease, "PATCH", path_of(entry), encode(canary_item(mark)), std::move(done));
  }

  void advance(Instant) override {}
  Instant next_deadline() const override { return kNever; }

 private:
  static std::string path_of(const EntryId& entry) { return std::string(kEntries) + "/" + percent_encode(entry.id); }
  static ServiceRef ref_of(const ServiceKey& key) { return {"", key.app + "/" + key.name + "/" + key.version}; }
  static Item canary_item(const CanaryMark& mark) {
    return {kCanaryService.app,
            kCanaryService.name,
            kCanaryService.version,
            "UP",
            {},
            {{"syncer.canary", mark.region},
             {"syncer.count", std::to_string(mark.count)},
             {"syncer.node", mark.node},
             {"syncer.run", mark.run}}};
  }
  static Item item_of(const CopyWrite& copy) {
    Item item{copy.service.app, copy.service.name, copy.service.version, copy.plan.status, copy.plan.endpoints, {}};
    item.metadata = copy.plan.metadata;
    item.metadata["syncer.epoch"] = copy.epoch;
    return item;
  }

  void send(Instant now, Urgency urgency, const char* method, std::string target, Bytes body, Calls::Done done) {
    HttpRequest request;
    request.method = method;
    request.target = std::move(target);
    request.body = std::move(body);
    context_.calls.submit(now, urgency, std::move(request), std::move(done));
  }
  void write(Instant now, Urgency urgency, const char* method, std::string target, Bytes body, Done done) {
    send(now, urgency, method, std::move(target), std::move(body),
         [done = std::move(done)](Instant at, const RawAnswer& raw) { done(at, success_of(raw)); });
  }
  void add(Instant now, Urgency urgency, const ServiceRef& where, const Item& item, DoneWithId done) {
    send(now, urgency, "POST", std::string(kEntries), encode(item),
         [where, done = std::move(done)](Instant at, const RawAnswer& raw) {
           const auto success = success_of(raw);
           if (!success) return done(at, tl::make_unexpected(success.error()));
           done(at, EntryId{where.space, where.id, raw->body});
         });
  }
  void on_list(ByteView body);

  const DriverContext context_;
  ServiceRef prepared_;
};

void MemoryDriver::on_list(ByteView body) {
  ByteReader reader(body);
  const bool complete = reader.string() == "complete";
  std::map<ServiceRef, std::vector<SharedEntry>> found;
  for (const auto& [ref, service] : context_.snapshot.services()) found[ref];
  while (reader.remaining() > 0) {
    const std::string id(reader.string());
    auto item = decode(reader.string());
    if (!item) return context_.cycle.doubt("the list cannot be read");
    const ServiceKey key{"", "", item->app, item->name, item->version};
    const ServiceRef ref = ref_of(key);
    context_.snapshot.put_service(ref, {key, {}, {}, key == kCanaryService, false});
    found[ref].push_back(std::make_shared<const Entry>(entry_of(id, ref.id, std::move(*item))));
  }
  if (!complete) context_.cycle.doubt("the list is partial");
  for (const auto& [ref, entries] : found) {
    context_.snapshot.put_entries(ref, entries, complete);
    context_.snapshot.set_listed(ref, !complete || !entries.empty());
    context_.snapshot.erase_if_gone(ref);
  }
}

Result<SharedPlan> MemoryDriver::plan(const std::string& region, const std::string& instance, ByteView payload) {
  const auto record = decode_record(payload);
  if (!record) return tl::make_unexpected(record.error());
  auto plan = std::make_shared<CopyPlan>();
  plan->status = record->instance.status == Status::Up ? "UP" : "DOWN";
  for (const ServiceEndpoint& endpoint : record->instance.endpoints) plan->endpoints.push_back(to_string(endpoint));
  plan->metadata = record->instance.metadata;
  plan->metadata["syncer.region"] = region;
  plan->metadata["syncer.instance"] = instance;
  plan->lease = Registry::kLease;
  plan->foreign = record->native.kind != kNativeKind;
  return SharedPlan(std::move(plan));
}

}  // namespace

std::unique_ptr<Driver> make_driver(const DriverContext& context) { return std::make_unique<MemoryDriver>(context); }

}  // namespace syncer::registry::memory
