package whorl.collector.timeline;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Id;

/**
 * A query for rows; all conditions must hold.
 *
 * @param evidence whose rows; at least one
 * @param from the earliest {@code @timestamp}, inclusive; null for the beginning
 * @param to the end, exclusive; null for none
 * @param types values of {@code event.action}, or prefixes followed by {@code *}; empty for any
 * @param text words that must all occur in message, fields or stack, ignoring case; null for any
 * @param newestFirst the order; rows with the same time are ordered by number
 * @param withStacks true if rows include {@code jvm.stack_trace}
 * @param limit of a page, from 1 to {@link #LIMIT_MAX}
 * @param cursor the end of the previous page; null for the first page
 * @param only the only rows that may match; null for any
 * @param once true if of rows that say the same only one is shown: of an alert, and of a file's
 *     time that several pieces of evidence of one host have
 */
public record TimelineQuery(
    List<Id> evidence,
    @Nullable Instant from,
    @Nullable Instant to,
    List<String> types,
    @Nullable String text,
    List<Where> where,
    boolean newestFirst,
    boolean withStacks,
    int limit,
    @Nullable String cursor,
    @Nullable RowChoice only,
    boolean once) {
  public static final int LIMIT_MAX = 10_000;

  /** The maximum number of pieces of evidence. */
  public static final int EVIDENCE_MAX = 100;

  private static final int LIMIT_DEFAULT = 200;
  private static final int PARTS_MAX = 100;

  /**
   * @throws IllegalArgumentException if a list is empty or too long, or the limit is out of range
   */
  public TimelineQuery {
    evidence = List.copyOf(evidence);
    types = List.copyOf(types);
    where = List.copyOf(where);
    if (evidence.isEmpty() || evidence.size() > EVIDENCE_MAX) {
      throw new IllegalArgumentException("evidence: 1 to " + EVIDENCE_MAX + " pieces at once");
    }
    if (types.size() > PARTS_MAX || where.size() > PARTS_MAX) {
      throw new IllegalArgumentException("at most " + PARTS_MAX + " types and conditions");
    }
    if (limit < 1 || limit > LIMIT_MAX) {
      throw new IllegalArgumentException("limit must be from 1 to " + LIMIT_MAX);
    }
  }

  /** All rows of this evidence, oldest first, without stacks. */
  public static TimelineQuery of(Id... evidence) {
    return new TimelineQuery(
        List.of(evidence),
        null,
        null,
        List.of(),
        null,
        List.of(),
        false,
        false,
        LIMIT_DEFAULT,
        null,
        null,
        false);
  }

  public TimelineQuery between(@Nullable Instant from, @Nullable Instant to) {
    return new TimelineQuery(
        evidence, from, to, types, text, where, newestFirst, withStacks, limit, cursor, only, once);
  }

  public TimelineQuery types(String... types) {
    return new TimelineQuery(
        evidence,
        from,
        to,
        List.of(types),
        text,
        where,
        newestFirst,
        withStacks,
        limit,
        cursor,
        only,
        once);
  }

  public TimelineQuery text(@Nullable String text) {
    return new TimelineQuery(
        evidence, from, to, types, text, where, newestFirst, withStacks, limit, cursor, only, once);
  }

  /** Adds a condition. */
  public TimelineQuery where(Column column, Where.Op op, String value) {
    List<Where> more = new ArrayList<>(where);
    more.add(new Where(column, op, value));
    return new TimelineQuery(
        evidence, from, to, types, text, more, newestFirst, withStacks, limit, cursor, only, once);
  }

  public TimelineQuery newestFirst(boolean newestFirst) {
    return new TimelineQuery(
        evidence, from, to, types, text, where, newestFirst, withStacks, limit, cursor, only, once);
  }

  public TimelineQuery withStacks(boolean withStacks) {
    return new TimelineQuery(
        evidence, from, to, types, text, where, newestFirst, withStacks, limit, cursor, only, once);
  }

  public TimelineQuery page(int limit, @Nullable String cursor) {
    return new TimelineQuery(
        evidence, from, to, types, text, where, newestFirst, withStacks, limit, cursor, only, once);
  }

  /** Only these rows; null for any. */
  public TimelineQuery only(@Nullable RowChoice only) {
    return new TimelineQuery(
        evidence, from, to, types, text, where, newestFirst, withStacks, limit, cursor, only, once);
  }

  /** Whether rows that say the same are shown once. */
  public TimelineQuery once(boolean once) {
    return new TimelineQuery(
        evidence, from, to, types, text, where, newestFirst, withStacks, limit, cursor, only, once);
  }
}
