package whorl.collector.timeline.query;

import static whorl.collector.timeline.StoredColumns.quoted;

import java.time.Instant;
import java.util.List;
import java.util.StringJoiner;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.RowChoice;
import whorl.collector.timeline.StoredColumns;
import whorl.collector.timeline.TimelineQuery;
import whorl.collector.timeline.Where;

/** The conditions of a {@link TimelineQuery}, as SQL on a row {@code r}. */
final class Conditions {
  private static final String NANOS = "r." + quoted(StoredColumns.NANOS);
  private static final String ROW = "r." + quoted(Column.ROW.columnName());
  private static final String SOURCE_NANOS =
      "coalesce(r." + quoted(StoredColumns.AGENT_NANOS) + ", " + NANOS + ")";
  private static final String STACK = "r." + quoted(StoredColumns.STACK_ID);

  private final TimelineQuery query;
  private final Arguments arguments = new Arguments();

  Conditions(TimelineQuery query) {
    this.query = query;
  }

  List<Object> arguments() {
    return arguments.values();
  }

  /** The placeholder of a value that is passed as an argument. */
  String name(Object value) {
    return arguments.name(value);
  }

  String of(ScanPlan scanPlan, Branch branch) {
    StringJoiner all = new StringJoiner(" AND ");
    all.add(plain(scanPlan));
    List<Integer> blocks = branch.blocks();
    if (blocks != null) {
      all.add(Select.in("r." + quoted(StoredColumns.BLOCK), blocks));
    }
    for (int i = 0; i < scanPlan.words().size(); i++) {
      all.add(word(scanPlan, scanPlan.words().get(i), branch.places().get(i)));
    }
    return all.toString();
  }

  private String plain(ScanPlan scanPlan) {
    StringJoiner all = new StringJoiner(" AND ");
    all.add("true");
    all.add(times());
    types(all);
    for (Where where : query.where()) {
      all.add(condition(scanPlan, where));
    }
    if (!scanPlan.hidden().isEmpty()) {
      all.add("NOT " + Select.in(ROW, scanPlan.hidden()));
    }
    RowChoice only = query.only();
    if (only != null) {
      String evidence = scanPlan.timeline().constants().get(Column.EVIDENCE);
      all.add(Select.in(only.by() == RowChoice.By.NUMBER ? ROW : SOURCE_NANOS, only.of(evidence)));
    }
    return all.toString();
  }

  private String times() {
    StringJoiner all = new StringJoiner(" AND ");
    all.add("true");
    if (query.from() != null) {
      all.add(NANOS + " >= " + nanos(query.from()));
    }
    if (query.to() != null) {
      all.add(NANOS + " < " + nanos(query.to()));
    }
    return all.toString();
  }

  private void types(StringJoiner all) {
    if (query.types().isEmpty()) {
      return;
    }
    StringJoiner any = new StringJoiner(" OR ", "(", ")");
    for (String type : query.types()) {
      if (type.endsWith("*")) {
        String prefix = type.substring(0, type.length() - 1);
        any.add("starts_with(r.\"event.action\", " + arguments.name(prefix) + ")");
      } else {
        any.add("r.\"event.action\" = " + arguments.name(type));
      }
    }
    all.add(any.toString());
  }

  private String condition(ScanPlan scanPlan, Where where) {
    Column column = where.column();
    if (column == Column.STACK_TRACE) {
      throw new IllegalArgumentException("jvm.stack_trace is searched with q");
    }
    if (StoredColumns.CONSTANT.contains(column)) {
      throw new IllegalArgumentException(
          column.columnName() + " is the same in all rows: choose the evidence instead");
    }
    String operand =
        arguments.name(
            column.kind() == Column.Kind.NUMBER ? Long.parseLong(where.value()) : where.value());
    String value =
        column == Column.ROW ? "r." + quoted(column.columnName()) : scanPlan.value(column);
    if (!RequestValues.isOf(column)) {
      return compared(value, where.op(), operand);
    }
    boolean unlike = where.op() == Where.Op.NE;
    return (unlike ? "NOT " : "")
        + "coalesce("
        + compared(value, unlike ? Where.Op.EQ : where.op(), operand)
        + " OR "
        + value
        + " IS NULL AND "
        + scanPlan.requests().contain(scanPlan.value(Column.REQUEST_ID), where, arguments)
        + ", false)";
  }

  static String compared(String value, Where.Op op, String operand) {
    return switch (op) {
      case EQ -> value + " = " + operand;
      case NE -> value + " IS DISTINCT FROM " + operand;
      case LT -> value + " < " + operand;
      case GT -> value + " > " + operand;
      case CONTAINS -> contains(value, operand);
      case PREFIX -> "starts_with(lower(" + value + "), lower(" + operand + "))";
    };
  }

  private String word(ScanPlan scanPlan, SearchedWord word, Branch.Place place) {
    StringJoiner any = new StringJoiner(" OR ", "(", ")");
    if (place != Branch.Place.STACK) {
      String operand = arguments.name(word.word());
      any.add(contains(scanPlan.value(Column.MESSAGE), operand));
      any.add(contains(scanPlan.value(Column.FIELDS), operand));
    }
    if (place != Branch.Place.TEXT) {
      any.add(stack(scanPlan, word));
    }
    return any.toString();
  }

  private String stack(ScanPlan scanPlan, SearchedWord word) {
    List<Long> stacks = word.stacks();
    if (stacks != null) {
      return Select.in(STACK, stacks);
    }
    return STACK
        + " IN (SELECT id FROM "
        + Select.parquet(scanPlan.timeline(), StoredColumns.STACKS)
        + " WHERE "
        + contains("frames", arguments.name(word.word()))
        + ")";
  }

  private static String contains(String text, String word) {
    return "contains(lower(" + text + "), lower(" + word + "))";
  }

  /** Nanoseconds since 1970, limited to the range of a long. */
  static long nanos(Instant time) {
    try {
      return Math.addExact(
          Math.multiplyExact(time.getEpochSecond(), 1_000_000_000L), time.getNano());
    } catch (ArithmeticException far) {
      return time.getEpochSecond() < 0 ? Long.MIN_VALUE + 1 : Long.MAX_VALUE;
    }
  }
}
