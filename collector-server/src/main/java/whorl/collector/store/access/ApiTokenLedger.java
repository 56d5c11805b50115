package whorl.collector.store.access;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.access.ApiToken.Maker;
import whorl.collector.store.access.ApiToken.Terms;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.ResultRow;
import whorl.collector.store.limits.LedgerTime;
import whorl.collector.store.limits.LimitLock;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.Json;

/**
 * The API tokens that people made, for all collectors, by the digest of each. Tokens that have
 * expired stay in the list for a week. Thread-safe.
 */
public final class ApiTokenLedger {
  /** For how long a use may be unwritten. */
  public static final Duration UNWRITTEN = Duration.ofMinutes(1);

  private static final Duration LISTED_AFTER_END = Duration.ofDays(7);
  private static final String COLUMNS =
      "id, token, made_millis, expires_millis, used_millis, revoked_millis";

  private final Database database;
  private final LedgerTime time;
  private final int maxPerPerson;
  private final int max;

  /**
   * @param maxPerPerson of one person, those that expired a short time ago left out
   * @param max of all people
   */
  public ApiTokenLedger(Database database, LedgerTime time, int maxPerPerson, int max) {
    this.database = database;
    this.time = time;
    this.maxPerPerson = maxPerPerson;
    this.max = max;
  }

  /** A token that is valid now, and for how long it is so. */
  public record Valid(ApiToken token, Duration left) {}

  /** The result of adding a token. */
  public enum Added {
    ADDED,
    /** The person has too many. */
    TOO_MANY_OF_PERSON,
    /** All people together have too many. */
    TOO_MANY
  }

  /**
   * Adds a token.
   *
   * @param digest of the token, which is kept nowhere
   */
  public Added add(Id id, Digest digest, Terms terms, Instant expires) throws IOException {
    String maker = terms.maker().id();
    return database.inTransaction(
        () -> {
          LimitLock.API_TOKENS.take(database);
          forget();
          String now = time.nowMillis();
          String live = " WHERE revoked_millis = 0 AND expires_millis > " + now;
          if (count(live + " AND maker = ?", maker) >= maxPerPerson) {
            return Added.TOO_MANY_OF_PERSON;
          }
          if (count(" WHERE maker = ?", maker) >= maxPerPerson) {
            database.update(
                "DELETE FROM api_tokens WHERE maker = ? AND expires_millis <= " + now, maker);
          }
          if (count("") >= max) {
            return Added.TOO_MANY;
          }
          database.update(
              "INSERT INTO api_tokens (id, digest, maker, token, made_millis, expires_millis,"
                  + " used_millis, revoked_millis) VALUES (?, ?, ?, ?, "
                  + now
                  + ", ?, 0, 0)",
              id.value(),
              digest.hex(),
              maker,
              Json.text(terms),
              expires.toEpochMilli());
          return Added.ADDED;
        });
  }

  /** Returns the token with this digest; null if it is unknown, expired or revoked. */
  public @Nullable Valid valid(Digest digest) throws IOException {
    String now = time.nowMillis();
    List<Valid> found =
        database.query(
            "SELECT "
                + COLUMNS
                + ", expires_millis - "
                + now
                + " FROM api_tokens WHERE digest = ? AND revoked_millis = 0 AND expires_millis > "
                + now,
            row -> new Valid(token(row), Duration.ofMillis(row.getLong(7))),
            digest.hex());
    return found.isEmpty() ? null : found.get(0);
  }

  /** Marks the token as used, at most once a minute. */
  public void used(Id id) throws IOException {
    String now = time.nowMillis();
    database.update(
        "UPDATE api_tokens SET used_millis = "
            + now
            + " WHERE id = ? AND used_millis <= "
            + now
            + " - ?",
        id.value(),
        UNWRITTEN.toMillis());
  }

  /** Returns the token with this id, also one that has expired or is revoked; null if none. */
  public @Nullable ApiToken find(Id id) throws IOException {
    List<ApiToken> found =
        database.query(
            "SELECT " + COLUMNS + " FROM api_tokens WHERE id = ?",
            ApiTokenLedger::token,
            id.value());
    return found.isEmpty() ? null : found.get(0);
  }

  /**
   * Lists tokens that are not revoked, the newest first.
   *
   * @param maker whose tokens; null for those of all people
   * @param before only tokens with lesser ids; null to begin with the newest
   */
  public List<ApiToken> list(@Nullable String maker, @Nullable String before, int limit)
      throws IOException {
    StringBuilder sql =
        new StringBuilder("SELECT " + COLUMNS + " FROM api_tokens WHERE revoked_millis = 0");
    List<Object> arguments = new ArrayList<>();
    if (maker != null) {
      sql.append(" AND maker = ?");
      arguments.add(maker);
    }
    if (before != null) {
      sql.append(" AND id < ?");
      arguments.add(before);
    }
    arguments.add(limit);
    return database.query(
        sql.append(" ORDER BY id DESC LIMIT ?").toString(),
        ApiTokenLedger::token,
        arguments.toArray());
  }

  /** Ends the token at all collectors; it is deleted by {@link #remove}. */
  public void revoke(Id id) throws IOException {
    database.update(
        "UPDATE api_tokens SET revoked_millis = "
            + time.nowMillis()
            + " WHERE id = ? AND revoked_millis = 0",
        id.value());
  }

  /** Deletes the token. */
  public void remove(Id id) throws IOException {
    database.update("DELETE FROM api_tokens WHERE id = ?", id.value());
  }

  /** Sets the groups of a person, for all tokens of that person. */
  public void regrouped(Maker maker) throws IOException {
    database.inTransaction(
        () -> {
          for (ApiToken token :
              database.query(
                  "SELECT " + COLUMNS + " FROM api_tokens WHERE maker = ?" + database.forUpdate(),
                  ApiTokenLedger::token,
                  maker.id())) {
            Terms terms = token.terms();
            if (!terms.maker().equals(maker)) {
              database.update(
                  "UPDATE api_tokens SET token = ? WHERE id = ?",
                  Json.text(new Terms(terms.name(), terms.role(), terms.part(), maker)),
                  token.id().value());
            }
          }
          return true;
        });
  }

  /** Deletes the tokens that ended some time ago; to be called now and then. */
  public void forget() throws IOException {
    String now = time.nowMillis();
    database.update(
        "DELETE FROM api_tokens WHERE expires_millis <= "
            + now
            + " - ? OR (revoked_millis > 0 AND revoked_millis <= "
            + now
            + " - ?)",
        LISTED_AFTER_END.toMillis(),
        LISTED_AFTER_END.toMillis());
  }

  private int count(String condition, Object... arguments) throws IOException {
    return database
        .query("SELECT count(*) FROM api_tokens" + condition, row -> row.getInt(1), arguments)
        .get(0);
  }

  private static ApiToken token(ResultRow row) throws SQLException, IOException {
    long usedMillis = row.getLong(5);
    return new ApiToken(
        new Id(row.getString(1)),
        Json.LENIENT.readValue(row.getString(2), Terms.class),
        Instant.ofEpochMilli(row.getLong(3)),
        Instant.ofEpochMilli(row.getLong(4)),
        usedMillis == 0 ? null : Instant.ofEpochMilli(usedMillis),
        row.getLong(6) > 0);
  }
}
