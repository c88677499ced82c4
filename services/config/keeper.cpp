#include "services/config/keeper.hpp"

#include <openssl/sha.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <utility>

namespace strowger::services::config {

namespace {

// Each may take as long as reading the whole file.
constexpr size_t waiting_max = 64;

// Telephony comes first on a busy machine; a reload may take longer.
constexpr int nice_level = 5;

std::string digest_of(const std::string& text) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> bytes;
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         bytes.data());
  constexpr std::string_view digits = "0123456789abcdef";
  std::string result;
  for (auto byte : bytes) {
    result += digits[byte >> 4];
    result += digits[byte & 15];
  }
  return result;
}

int64_t now_unix_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch())
    .count();
}

} // namespace

/// A document that was listed, for the next page.
struct keeper::document_cache {
  document_cache(const file_text& file, const overlay& entries)
    : document(file, entries), objects(document.objects().objects()) {
    // nop
  }

  overlaid_document document;
  std::vector<listed_object> objects;
};

keeper::keeper(std::string file) : path_(std::move(file)) {
  // nop
}

keeper::~keeper() {
  stop();
}

// -- the beginning and the end ------------------------------------------------

load_result keeper::load() {
  file_.name = path_;
  load_result failed;
  std::string error;
  auto text = read_file(path_, error);
  if (!text) {
    failed.errors.push_back({path_, 1, 1, error});
    return failed;
  }
  file_.text = std::move(*text);
  digest_ = digest_of(file_.text);
  auto result = load_text(file_.text, path_);
  if (!result.value)
    return result;
  open_store(*result.value);
  if (!store_)
    return result;
  auto& kept = store_->kept();
  revision_ = std::max<uint64_t>(kept.revision, 1);
  if (kept.revision != 0 && kept.digest != digest_)
    ++revision_;
  in_force_ = revision_;
  if (!kept.entries.empty()) {
    auto whole = restore(file_, kept.entries);
    entries_ = std::move(whole.entries);
    result = std::move(whole.result);
  }
  if (revision_ != kept.revision)
    store_error_ = save();
  return result;
}

// Without a control plane nothing can be changed, but what was stays.
void keeper::open_store(const settings& x) {
  auto path = x.data_folder + "/configuration.sqlite";
  std::error_code ignored;
  if (x.control.listen.empty() && !std::filesystem::exists(path, ignored))
    return;
  auto result = overlay_store::open(path);
  store_ = std::move(result.database);
  store_error_ = std::move(result.error);
}

void keeper::start(keeper_host host) {
  host_ = std::move(host);
  if (!store_error_.empty())
    host_.log(true,
              "changes of the configuration are not kept: " + store_error_);
  complain_of_inactive();
  thread_ = std::thread{[this] { run(); }};
}

void keeper::stop() {
  {
    std::lock_guard guard{mutex_};
    stop_ = true;
  }
  work_.notify_all();
  if (thread_.joinable())
    thread_.join();
  followers_.clear();
}

void keeper::run() {
  // On Linux this is a matter of the thread, not of the process.
  setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), nice_level);
  std::unique_lock guard{mutex_};
  for (;;) {
    work_.wait(guard, [this] { return stop_ || !waiting_.empty(); });
    if (stop_)
      break;
    auto next = std::move(waiting_.front());
    waiting_.erase(waiting_.begin());
    guard.unlock();
    next();
    next = nullptr; // what it holds goes without the lock
    guard.lock();
  }
  auto dropped = std::exchange(waiting_, {});
  guard.unlock();
}

bool keeper::post(std::function<void()> f, bool bounded) {
  {
    std::lock_guard guard{mutex_};
    if (stop_ || (bounded && waiting_.size() >= waiting_max))
      return false;
    waiting_.push_back(std::move(f));
  }
  work_.notify_one();
  return true;
}

// -- the file -----------------------------------------------------------------

void keeper::reload() {
  post([this] { do_reload(); }, false);
}

void keeper::do_reload() {
  file_text file{{}, path_};
  std::string error;
  auto text = read_file(path_, error);
  if (text)
    file.text = std::move(*text);
  auto whole = text ? restore(file, entries_) : restored{};
  if (!text)
    whole.result.errors.push_back({path_, 1, 1, error});
  if (!whole.result.value) {
    for (auto& x : whole.result.errors)
      host_.log(true, to_string(x));
    host_.log(true, "reload refused, the configuration in force stays");
    return;
  }
  document_.reset();
  file_ = std::move(file);
  digest_ = digest_of(file_.text);
  entries_ = std::move(whole.entries);
  auto news = std::make_shared<revision_news>();
  news->revision = ++revision_;
  news->reloaded = true;
  news->time_unix_ms = now_unix_ms();
  if (auto failure = store_ ? save() : std::string{}; !failure.empty())
    host_.log(true, "the number of the revision is not kept: " + failure);
  complain_of_inactive();
  auto dns = whole.result.value->directory->dns().size();
  bring_in_force(std::move(*whole.result.value), std::move(news), [this, dns] {
    host_.log(false, "configuration reloaded dns=" + std::to_string(dns));
  });
}

void keeper::complain_of_inactive() {
  for (auto& x : entries_) {
    if (x.inactive.empty())
      continue;
    auto line = "a change of the configuration is left out: " + to_string(x.is)
                + " (revision " + std::to_string(x.by.revision) + ", "
                + x.by.client + "): " + x.inactive;
    // A line break quoted from the file must not look like a second line.
    auto control = [](char c) { return static_cast<unsigned char>(c) < ' '; };
    std::ranges::replace_if(line, control, '?');
    host_.log(true, line);
  }
}

// -- changes ------------------------------------------------------------------

change_stamp keeper::next_stamp(const std::string& client) const {
  return {revision_ + 1, client, now_unix_ms()};
}

bool keeper::apply(change_request x,
                   std::function<void(change_outcome)> taker) {
  return post(
    [this, x = std::move(x), taker = std::move(taker)] { do_apply(x, taker); });
}

std::optional<change_outcome> keeper::objection(const change_request& x) {
  using enum change_outcome::verdict;
  change_outcome result{good, revision_, {}, {}};
  if (!store_) {
    result.is = not_stored;
    result.text = store_error_.empty() ? "there is no store" : store_error_;
    return result;
  }
  if (auto before = store_->find(x.client, x.id)) {
    result.is = before->content == digest_of(x.content) ? good
                                                        : request_conflict;
    result.revision = before->revision;
    return result;
  }
  if (x.expected_revision != 0 && x.expected_revision != revision_) {
    result.is = revision_conflict;
    return result;
  }
  return std::nullopt;
}

void keeper::do_apply(const change_request& x,
                      const std::function<void(change_outcome)>& taker) {
  using enum change_outcome::verdict;
  if (x.is_wanted && !x.is_wanted())
    return;
  if (auto answer = objection(x)) {
    taker(std::move(*answer));
    return;
  }
  auto stamp = next_stamp(x.client);
  auto result = config::apply(file_, entries_, x.changes, stamp);
  if (!result.value) {
    taker({invalid, revision_, std::move(result.faults), {}});
    return;
  }
  document_.reset();
  auto before = std::exchange(entries_, std::move(result.entries));
  revision_ = stamp.revision;
  auto failure = save(
    applied_request{x.client, x.id, digest_of(x.content), stamp.revision});
  if (!failure.empty()) {
    entries_ = std::move(before);
    --revision_;
    taker({not_stored, revision_, {}, failure});
    return;
  }
  auto news = std::make_shared<revision_news>(revision_news{
    stamp.revision, x.changes, false, x.client, stamp.time_unix_ms});
  bring_in_force(std::move(*result.value), std::move(news),
                 [this, taker, stamp] {
                   host_.log(false, "configuration changed revision="
                                      + std::to_string(stamp.revision)
                                      + " client=" + stamp.client);
                   taker({good, stamp.revision, {}, {}});
                 });
}

bool keeper::validate(std::vector<change> changes,
                      std::function<void(change_outcome)> taker) {
  return post([this, changes = std::move(changes), taker = std::move(taker)] {
    using enum change_outcome::verdict;
    auto result = config::apply(file_, entries_, changes, next_stamp(""));
    taker(
      {result.value ? good : invalid, revision_, std::move(result.faults), {}});
  });
}

std::string keeper::save(const std::optional<applied_request>& request) {
  return store_->save({revision_, digest_, entries_}, request);
}

// -- in force -----------------------------------------------------------------

void keeper::bring_in_force(settings&& x, std::shared_ptr<revision_news> news,
                            std::function<void()> then) {
  // What was in force before goes here: if it is large, that takes its time.
  auto done = [this, news = std::move(news),
               then = std::move(then)](std::shared_ptr<const void> before) {
    auto conclude = [this, news, then, before = std::move(before)] {
      publish(news);
      then();
    };
    post(std::move(conclude), false);
  };
  host_.put_in_force(std::make_shared<const settings>(std::move(x)),
                     std::move(done));
}

void keeper::publish(const std::shared_ptr<const revision_news>& news) {
  in_force_ = news->revision;
  for (auto& x : followers_)
    x->news(news);
}

bool keeper::follow(std::shared_ptr<revision_follower> who) {
  return post([this, who = std::move(who)] {
    followers_.push_back(who);
    who->begin(in_force_);
  });
}

void keeper::unfollow(const std::shared_ptr<revision_follower>& who) {
  post([this, who] { std::erase(followers_, who); }, false);
}

bool keeper::look(std::function<bool(const configuration_view&)> f) {
  return post([this, f = std::move(f)] {
    if (!document_)
      document_ = std::make_unique<document_cache>(file_, entries_);
    auto again = f(
      {revision_, document_->document, document_->objects, entries_});
    if (!again)
      document_.reset();
  });
}

} // namespace strowger::services::config
