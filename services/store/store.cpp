#include "services/store/store.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include <condition_variable>
#include <exception>
#include <filesystem>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <utility>

namespace strowger::services {

namespace {

using states = std::unordered_map<std::string, std::vector<stored_binding>>;

// The user_version of the file; raise it with every change to the tables.
constexpr int schema_version = 1;

constexpr const char* schema = R"sql(
  CREATE TABLE IF NOT EXISTS binding (
    dn TEXT NOT NULL,
    contact BLOB NOT NULL,
    params BLOB NOT NULL,
    received TEXT NOT NULL,
    call_id BLOB NOT NULL,
    cseq INTEGER NOT NULL,
    path BLOB NOT NULL,
    q_thousandths INTEGER NOT NULL,
    expires_unix_s INTEGER NOT NULL,
    user_agent BLOB NOT NULL);
  CREATE INDEX IF NOT EXISTS binding_dn ON binding (dn);
)sql";

void create_tables(SQLite::Database& database) {
  // A write-ahead log with normal synchronisation may lose the last moments
  // after a power cut, which a phone's next refresh repairs, but never breaks.
  database.exec("PRAGMA journal_mode = WAL");
  database.exec("PRAGMA synchronous = NORMAL");
  const int version = database.execAndGet("PRAGMA user_version").getInt();
  if (version > schema_version)
    throw SQLite::Exception("written by a newer version of the switch");
  SQLite::Transaction transaction(database);
  database.exec(schema);
  database.exec("PRAGMA user_version = " + std::to_string(schema_version));
  transaction.commit();
}

void bind_blob(SQLite::Statement& statement, int index,
               const std::string& bytes) {
  statement.bind(index, bytes.data(), static_cast<int>(bytes.size()));
}

void write_states(SQLite::Database& database, const states& batch) {
  SQLite::Transaction transaction(database);
  SQLite::Statement remove(database, "DELETE FROM binding WHERE dn = ?");
  SQLite::Statement insert(
    database, "INSERT INTO binding VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  for (const auto& [dn, rows] : batch) {
    remove.bind(1, dn);
    remove.exec();
    remove.reset();
    for (const auto& row : rows) {
      insert.bind(1, dn);
      bind_blob(insert, 2, row.contact); // received text may hold anything
      bind_blob(insert, 3, row.params);
      insert.bind(4, row.received);
      bind_blob(insert, 5, row.call_id);
      insert.bind(6, static_cast<std::int64_t>(row.cseq));
      bind_blob(insert, 7, row.path);
      insert.bind(8, row.q_thousandths);
      insert.bind(9, row.expires_unix_s);
      bind_blob(insert, 10, row.user_agent);
      insert.exec();
      insert.reset();
    }
  }
  transaction.commit();
}

stored_binding read_row(SQLite::Statement& query) {
  stored_binding row;
  row.dn = query.getColumn(0).getString();
  row.contact = query.getColumn(1).getString();
  row.params = query.getColumn(2).getString();
  row.received = query.getColumn(3).getString();
  row.call_id = query.getColumn(4).getString();
  row.cseq = query.getColumn(5).getUInt();
  row.path = query.getColumn(6).getString();
  row.q_thousandths = query.getColumn(7).getInt();
  row.expires_unix_s = query.getColumn(8).getInt64();
  row.user_agent = query.getColumn(9).getString();
  return row;
}

} // namespace

// -- the writing thread -------------------------------------------------------

struct store::state {
  state(const std::string& file, std::size_t limit)
    : path(file), dns_max(limit),
      reading(file, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, busy_ms),
      writing(file, SQLite::OPEN_READWRITE, busy_ms) {}

  // Writes what waits, one batch after the other, until told to stop.
  void run() {
    std::unique_lock lock(mutex);
    for (;;) {
      wake.wait(lock, [&] { return stopping || !waiting.empty(); });
      if (waiting.empty())
        return;
      states batch;
      batch.swap(waiting);
      const auto batch_end = saved;
      lock.unlock();
      auto failure = write(batch);
      lock.lock();
      error = std::move(failure);
      if (!error.empty())
        lost += batch.size();
      written = batch_end;
      done.notify_all();
    }
  }

  std::string write(const states& batch) {
    try {
      write_states(writing, batch);
      return {};
    } catch (const std::exception& problem) {
      return path + ": " + problem.what();
    }
  }

  static constexpr int busy_ms = 5000; // another process holds the file

  const std::string path;
  const std::size_t dns_max;
  SQLite::Database reading;
  SQLite::Database writing;

  mutable std::mutex mutex; // guards all below
  std::condition_variable wake;
  std::condition_variable done;
  states waiting;
  std::uint64_t saved = 0;   // calls of save()
  std::uint64_t written = 0; // those of them that are over
  std::uint64_t lost = 0;
  std::string error;
  bool stopping = false;

  std::thread writer; // last: everything above outlives it
};

// -- public -------------------------------------------------------------------

store::opened store::open(const std::string& path, std::size_t dns_max) {
  try {
    const auto folder = std::filesystem::path(path).parent_path();
    if (!folder.empty())
      std::filesystem::create_directories(folder);
    auto fresh = std::make_unique<state>(path, dns_max);
    create_tables(fresh->writing);
    // Proves that the file can be read, too.
    fresh->reading.execAndGet("SELECT count(*) FROM binding");
    fresh->writer = std::thread([raw = fresh.get()] { raw->run(); });
    return {std::unique_ptr<store>(new store(std::move(fresh))), {}};
  } catch (const std::exception& problem) {
    return {nullptr, path + ": " + problem.what()};
  }
}

store::store(std::unique_ptr<state> state) : state_(std::move(state)) {
  // nop
}

store::~store() {
  {
    const std::lock_guard guard(state_->mutex);
    state_->stopping = true;
  }
  state_->wake.notify_all();
  state_->writer.join();
}

store::loaded store::load_bindings() {
  loaded result;
  try {
    SQLite::Statement query(state_->reading,
                            "SELECT * FROM binding ORDER BY dn, rowid");
    while (query.executeStep())
      result.rows.push_back(read_row(query));
  } catch (const std::exception& problem) {
    result.rows.clear();
    result.error = state_->path + ": " + problem.what();
  }
  return result;
}

bool store::save(const std::string& dn, std::vector<stored_binding> rows) {
  {
    const std::lock_guard guard(state_->mutex);
    auto& waiting = state_->waiting;
    const auto found = waiting.find(dn);
    if (found != waiting.end()) {
      found->second = std::move(rows);
    } else if (waiting.size() < state_->dns_max) {
      waiting.emplace(dn, std::move(rows));
    } else {
      ++state_->lost;
      return false;
    }
    ++state_->saved;
  }
  state_->wake.notify_one();
  return true;
}

std::string store::flush() {
  std::unique_lock lock(state_->mutex);
  const auto target = state_->saved;
  state_->done.wait(lock, [&] { return state_->written >= target; });
  return state_->error;
}

std::uint64_t store::lost() const {
  const std::lock_guard guard(state_->mutex);
  return state_->lost;
}

std::string store::last_error() const {
  const std::lock_guard guard(state_->mutex);
  return state_->error;
}

} // namespace strowger::services
