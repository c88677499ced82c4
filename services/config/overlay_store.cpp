#include "services/config/overlay_store.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <exception>
#include <filesystem>
#include <map>
#include <stdexcept>
#include <tuple>
#include <utility>

namespace strowger::services::config {

namespace {

// The user_version of the file; raise it with every change to the tables.
constexpr int schema_version = 1;

constexpr const char* schema = R"sql(
  CREATE TABLE IF NOT EXISTS revision (
    number INTEGER NOT NULL,
    digest TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS change (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    key TEXT NOT NULL,
    position INTEGER NOT NULL,
    verb TEXT NOT NULL,
    settings TEXT NOT NULL,
    revision INTEGER NOT NULL,
    client TEXT NOT NULL,
    time_unix_ms INTEGER NOT NULL,
    PRIMARY KEY (kind, name, key));
  CREATE TABLE IF NOT EXISTS request (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    client TEXT NOT NULL,
    id TEXT NOT NULL,
    content TEXT NOT NULL,
    revision INTEGER NOT NULL,
    UNIQUE (client, id));
)sql";

// A retry comes within minutes; nobody changes so much so fast.
constexpr int requests_max = 1000;

constexpr int busy_ms = 5000; // another process holds the file

/// kind, name, key
using entry_key = std::tuple<std::string, std::string, std::string>;

entry_key key_of(const overlay_entry& x) {
  return {std::string{to_string(x.is.object.kind)}, x.is.object.name,
          std::string{x.is.key()}};
}

std::string to_json(const std::vector<setting>& settings) {
  auto list = nlohmann::json::array();
  for (auto& x : settings)
    list.push_back({x.key, x.values});
  return list.dump();
}

std::vector<setting> settings_of(const std::string& json) {
  std::vector<setting> result;
  for (auto& x : nlohmann::json::parse(json))
    result.push_back({x.at(0), x.at(1)});
  return result;
}

template <class Enum>
Enum parse_word(const std::string& word, size_t count) {
  for (size_t i = 0; i < count; ++i)
    if (to_string(static_cast<Enum>(i)) == word)
      return static_cast<Enum>(i);
  throw std::runtime_error("unknown word " + word);
}

overlay_entry read_entry(SQLite::Statement& row) {
  overlay_entry x;
  x.is.object = {
    parse_word<object_kind>(row.getColumn(0).getString(), object_kind_count),
    row.getColumn(1).getString()};
  x.is.verb = parse_word<change_verb>(row.getColumn(2).getString(), 4);
  x.is.settings = settings_of(row.getColumn(3).getString());
  x.by = {static_cast<uint64_t>(row.getColumn(4).getInt64()),
          row.getColumn(5).getString(), row.getColumn(6).getInt64()};
  return x;
}

} // namespace

struct overlay_store::state {
  explicit state(const std::string& file)
    : path(file),
      database(file, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, busy_ms) {
    database.exec("PRAGMA journal_mode = WAL");
    // What is acknowledged must be on the disk.
    database.exec("PRAGMA synchronous = FULL");
    auto version = database.execAndGet("PRAGMA user_version").getInt();
    if (version > schema_version)
      throw std::runtime_error("written by a newer version of the switch");
    SQLite::Transaction transaction(database);
    database.exec(schema);
    database.exec("PRAGMA user_version = " + std::to_string(schema_version));
    transaction.commit();
    load();
  }

  void load() {
    SQLite::Statement number(database, "SELECT number, digest FROM revision");
    if (number.executeStep()) {
      kept.revision = static_cast<uint64_t>(number.getColumn(0).getInt64());
      kept.digest = number.getColumn(1).getString();
    }
    SQLite::Statement rows(database,
                           "SELECT kind, name, verb, settings, revision, "
                           "client, time_unix_ms, position FROM change "
                           "ORDER BY position");
    while (rows.executeStep()) {
      kept.entries.push_back(read_entry(rows));
      positions[key_of(kept.entries.back())] = rows.getColumn(7).getInt64();
    }
  }

  /// Rows of entries that are not there any more, or different.
  void write_changes(const overlay& now) {
    std::map<entry_key, const overlay_entry*> before;
    for (auto& x : kept.entries)
      before[key_of(x)] = &x;
    int64_t last = 0;
    for (auto& [key, position] : positions)
      last = std::max(last, position);
    int64_t reached = 0;
    std::map<entry_key, int64_t> fresh;
    SQLite::Statement insert(database, "INSERT OR REPLACE INTO change VALUES "
                                       "(?, ?, ?, ?, ?, ?, ?, ?, ?)");
    for (auto& x : now) {
      auto key = key_of(x);
      auto old = before.find(key);
      auto position = old == before.end() ? 0 : positions[key];
      auto same = old != before.end() && old->second->is == x.is
                  && old->second->by == x.by && position > reached;
      if (position <= reached)
        position = ++last;
      reached = position;
      fresh[key] = position;
      if (old != before.end())
        before.erase(old);
      if (!same)
        write(insert, key, x, position);
    }
    SQLite::Statement remove(
      database, "DELETE FROM change WHERE kind = ? AND name = ? AND key = ?");
    for (auto& [key, gone] : before) {
      remove.bind(1, std::get<0>(key));
      remove.bind(2, std::get<1>(key));
      remove.bind(3, std::get<2>(key));
      remove.exec();
      remove.reset();
    }
    positions_next = std::move(fresh);
  }

  static void write(SQLite::Statement& insert, const entry_key& key,
                    const overlay_entry& x, int64_t position) {
    insert.bind(1, std::get<0>(key));
    insert.bind(2, std::get<1>(key));
    insert.bind(3, std::get<2>(key));
    insert.bind(4, position);
    insert.bind(5, std::string{to_string(x.is.verb)});
    insert.bind(6, to_json(x.is.settings));
    insert.bind(7, static_cast<int64_t>(x.by.revision));
    insert.bind(8, x.by.client);
    insert.bind(9, x.by.time_unix_ms);
    insert.exec();
    insert.reset();
  }

  void write_revision(const kept_configuration& x) {
    database.exec("DELETE FROM revision");
    SQLite::Statement row(database, "INSERT INTO revision VALUES (?, ?)");
    row.bind(1, static_cast<int64_t>(x.revision));
    row.bind(2, x.digest);
    row.exec();
  }

  void write_request(const applied_request& x) {
    SQLite::Statement row(database,
                          "INSERT OR REPLACE INTO request "
                          "(client, id, content, revision) VALUES (?, ?, ?, "
                          "?)");
    row.bind(1, x.client);
    row.bind(2, x.id);
    row.bind(3, x.content);
    row.bind(4, static_cast<int64_t>(x.revision));
    row.exec();
    database.exec("DELETE FROM request WHERE position <= (SELECT "
                  "max(position) FROM request) - "
                  + std::to_string(requests_max));
  }

  const std::string path;
  SQLite::Database database;
  kept_configuration kept;
  std::map<entry_key, int64_t> positions;
  std::map<entry_key, int64_t> positions_next;
};

overlay_store::opened overlay_store::open(const std::string& path) {
  try {
    auto folder = std::filesystem::path(path).parent_path();
    if (!folder.empty())
      std::filesystem::create_directories(folder);
    auto made = std::make_unique<state>(path);
    return {std::unique_ptr<overlay_store>(new overlay_store(std::move(made))),
            {}};
  } catch (const std::exception& problem) {
    return {nullptr, path + ": " + problem.what()};
  }
}

overlay_store::overlay_store(std::unique_ptr<state> state)
  : state_(std::move(state)) {
  // nop
}

overlay_store::~overlay_store() = default;

const kept_configuration& overlay_store::kept() const {
  return state_->kept;
}

std::string overlay_store::save(const kept_configuration& x,
                                const std::optional<applied_request>& request) {
  auto& to = *state_;
  try {
    SQLite::Transaction transaction(to.database);
    to.write_changes(x.entries);
    to.write_revision(x);
    if (request)
      to.write_request(*request);
    transaction.commit();
    to.positions = std::move(to.positions_next);
    to.kept = x;
    return {};
  } catch (const std::exception& problem) {
    return to.path + ": " + problem.what();
  }
}

std::optional<applied_request> overlay_store::find(const std::string& client,
                                                   const std::string& id) {
  try {
    SQLite::Statement row(state_->database,
                          "SELECT content, revision FROM request WHERE client "
                          "= ? AND id = ?");
    row.bind(1, client);
    row.bind(2, id);
    if (!row.executeStep())
      return std::nullopt;
    return applied_request{client, id, row.getColumn(0).getString(),
                           static_cast<uint64_t>(row.getColumn(1).getInt64())};
  } catch (const std::exception&) {
    return std::nullopt; // save() will fail, too, and say why
  }
}

} // namespace strowger::services::config
