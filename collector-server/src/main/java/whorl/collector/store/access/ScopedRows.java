package whorl.collector.store.access;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.database.Database;
import whorl.evidence.Id;

/**
 * Reads the rows of tables with a column {@code origin} that a scope holds. Every list of a ledger
 * goes through here, so a page is full, and its counts are right, whatever was left out.
 * Thread-safe.
 */
public final class ScopedRows {
  /** Up to this many origins, the newest rows of each are read by an index and then merged. */
  private static final int MERGED_MAX = 32;

  private static final int IDS_AT_ONCE = 100;

  /** A page of more rows than these is shorter if its rows are longer than {@link #PAGE_BYTES}. */
  private static final int ROWS_OF_ANY_LENGTH = 100;

  private static final long PAGE_BYTES = 64L << 20;

  private final Database database;

  public ScopedRows(Database database) {
    this.database = database;
  }

  /**
   * A page of rows.
   *
   * @param columns with those of {@code order}, separated by commas
   * @param where a condition; not empty
   * @param narrow true if {@code where} has an index of its own that leaves few rows
   */
  public record Page(
      String columns,
      String table,
      String where,
      List<? extends @Nullable Object> arguments,
      String order,
      int limit,
      boolean narrow) {}

  /** The rows of this page that the scope holds. */
  public <T> List<T> read(Scope scope, Page page, Database.RowReader<T> reader) throws IOException {
    if (scope.isEverything()) {
      return query(one(page, ""), arguments(page, List.of()), reader);
    }
    List<String> origins = origins(scope);
    if (origins.isEmpty()) {
      return List.of();
    }
    if (origins.size() > MERGED_MAX) {
      ScopeCondition condition = ScopeCondition.of(scope);
      String in =
          " AND " + any() + " IN (SELECT o.id FROM origins o WHERE " + condition.sql() + ")";
      return query(one(page, in), arguments(page, condition.arguments()), reader);
    }
    if (page.narrow()) {
      String in = " AND " + any() + " IN (" + marks(origins.size()) + ")";
      return query(one(page, in), arguments(page, origins), reader);
    }
    return merged(page, origins, reader);
  }

  /**
   * How many of the rows of this page fit into memory: its limit, or less.
   *
   * @param sizes with the number of bytes as the second column
   */
  public int fitting(Scope scope, Page sizes) throws IOException {
    if (sizes.limit() <= ROWS_OF_ANY_LENGTH) {
      return sizes.limit();
    }
    long left = PAGE_BYTES;
    int fit = 0;
    for (long size : read(scope, sizes, row -> row.getLong(2))) {
      left -= size;
      if (left < 0) {
        return Math.max(fit, ROWS_OF_ANY_LENGTH);
      }
      fit++;
    }
    return sizes.limit();
  }

  /** A condition on the column {@code origin}, and its arguments; for counts. */
  public record Within(String sql, List<Object> arguments) {}

  /** The rows that the scope holds: a condition after {@code AND}, which may be empty. */
  public static Within within(Scope scope) {
    if (scope.isEverything()) {
      return new Within("", List.of());
    }
    ScopeCondition condition = ScopeCondition.of(scope);
    return new Within(
        " AND origin IN (SELECT o.id FROM origins o WHERE " + condition.sql() + ")",
        condition.arguments());
  }

  /**
   * The requests to many agents that a person sees: their own, and those whose agents are all in
   * the scope.
   *
   * @param owner the person
   * @param table of the requests, with the columns {@code id} and {@code owner}
   * @param agents the table of their agents, with the column {@code origin}
   * @param request the column of {@code agents} that has the request's id
   * @return a condition after {@code AND}, which may be empty
   */
  public static Within ownOrWithin(
      Scope scope, String owner, String table, String agents, String request) {
    if (scope.isEverything()) {
      return new Within("", List.of());
    }
    String ofRequest = "SELECT 1 FROM " + agents + " a WHERE a." + request + " = " + table + ".id";
    Within within = within(scope);
    List<Object> arguments = new ArrayList<>(List.of(owner));
    arguments.addAll(within.arguments());
    return new Within(
        " AND (owner = ? OR (EXISTS ("
            + ofRequest
            + ") AND NOT EXISTS ("
            + ofRequest
            + " AND NOT (1 = 1"
            + within.sql()
            + "))))",
        arguments);
  }

  /** Those of this evidence that the scope holds. */
  public Set<Id> evidence(Scope scope, Collection<Id> evidence) throws IOException {
    if (scope.isEverything()) {
      return Set.copyOf(evidence);
    }
    Within within = within(scope);
    Set<Id> seen = new HashSet<>();
    List<Id> all = List.copyOf(evidence);
    for (int from = 0; from < all.size(); from += IDS_AT_ONCE) {
      List<Id> next = all.subList(from, Math.min(all.size(), from + IDS_AT_ONCE));
      List<@Nullable Object> arguments = new ArrayList<>();
      next.forEach(each -> arguments.add(each.value()));
      arguments.addAll(within.arguments());
      seen.addAll(
          query(
              "SELECT id FROM evidence WHERE id IN (" + marks(next.size()) + ")" + within.sql(),
              arguments,
              row -> new Id(row.getString(1))));
    }
    return seen;
  }

  /** A few of the scope's origins: one more than are merged, if there are that many. */
  private List<String> origins(Scope scope) throws IOException {
    ScopeCondition condition = ScopeCondition.of(scope);
    List<@Nullable Object> arguments = new ArrayList<>(condition.arguments());
    arguments.add(MERGED_MAX + 1);
    return query(
        "SELECT o.id FROM origins o WHERE " + condition.sql() + " LIMIT ?",
        arguments,
        row -> row.getString(1));
  }

  private <T> List<T> merged(Page page, List<String> origins, Database.RowReader<T> reader)
      throws IOException {
    List<String> selects = new ArrayList<>();
    List<@Nullable Object> arguments = new ArrayList<>();
    for (String origin : origins) {
      selects.add("SELECT * FROM (" + one(page, " AND origin = ?") + ") AS u" + selects.size());
      arguments.addAll(arguments(page, List.of(origin)));
    }
    arguments.add(page.limit());
    return query(
        "SELECT "
            + page.columns()
            + " FROM ("
            + String.join(" UNION ALL ", selects)
            + ") AS u ORDER BY "
            + page.order()
            + " LIMIT ?",
        arguments,
        reader);
  }

  private static String one(Page page, String within) {
    return "SELECT "
        + page.columns()
        + " FROM "
        + page.table()
        + " WHERE "
        + page.where()
        + within
        + " ORDER BY "
        + page.order()
        + " LIMIT ?";
  }

  private static List<@Nullable Object> arguments(Page page, List<? extends Object> within) {
    List<@Nullable Object> all = new ArrayList<>(page.arguments());
    all.addAll(within);
    all.add(page.limit());
    return all;
  }

  /** The column, so that its index is not used: the order's own index is to be read. */
  private static String any() {
    return "(origin || '')";
  }

  private <T> List<T> query(
      String sql, List<@Nullable Object> arguments, Database.RowReader<T> reader)
      throws IOException {
    return database.query(sql, reader, arguments.toArray());
  }

  private static String marks(int count) {
    return String.join(", ", Collections.nCopies(count, "?"));
  }
}
