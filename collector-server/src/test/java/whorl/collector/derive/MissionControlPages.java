package whorl.collector.derive;

import java.util.Collection;
import jdk.jfr.DataAmount;
import jdk.jfr.EventType;
import jdk.jfr.Timespan;
import jdk.jfr.ValueDescriptor;

/**
 * Adds events to docs/jmc/whorl-pages.xml, each to the page of its JFR category, with a column for
 * each of its fields. What is there stays as it is, so a person can order and size the columns.
 */
final class MissionControlPages {
  private static final String REQUEST_COLUMN = "<column id=\"requestId:text\"";
  private static final String BY_TYPE = "(eventType)";

  private MissionControlPages() {}

  /** Returns the pages with those of the types that they lack. */
  static String withAll(String pages, Collection<EventType> types) {
    String all = pages;
    for (EventType type : types) {
      if (!all.contains("type=\"" + type.getName() + "\"")) {
        all = with(all, type);
      }
    }
    return all;
  }

  private static String with(String pages, EventType type) {
    String category = type.getCategoryNames().get(1);
    int start = pages.indexOf("<state name=\"" + category + "\"");
    if (start < 0) {
      throw new AssertionError("docs/jmc/whorl-pages.xml has no page " + category);
    }
    int end = pages.indexOf("</state>", start);
    String page = withColumns(withFilter(pages.substring(start, end), type), type);
    return pages.substring(0, start) + grouped(page, type) + pages.substring(end);
  }

  private static String withFilter(String page, EventType type) {
    String several =
        page.replaceFirst(
            "( *)<pageFilter kind=\"TYPE\" (type=\"[^\"]+\")/>",
            "$1<pageFilter kind=\"OR\">\n$1  <filter kind=\"TYPE\" $2/>\n$1</pageFilter>");
    return several.replaceFirst(
        "( *)</pageFilter>",
        "$1  <filter kind=\"TYPE\" type=\"" + type.getName() + "\"/>\n$1</pageFilter>");
  }

  private static String withColumns(String page, EventType type) {
    String all = page;
    for (ValueDescriptor field : type.getFields()) {
      if (!EventTypesTest.JFRS_OWN.contains(field.getName())) {
        String id = "<column id=\"" + column(field) + "\"";
        if (!all.contains(id)) {
          all =
              all.replaceFirst(
                  "( *)" + REQUEST_COLUMN,
                  "$1" + id + " hidden=\"false\" width=\"100\"/>\n$1" + REQUEST_COLUMN);
        }
      }
    }
    return all;
  }

  /** Returns the column's id: the field's name, and its type as Mission Control names it. */
  static String column(ValueDescriptor field) {
    return field.getName() + ":" + contentType(field);
  }

  private static String contentType(ValueDescriptor field) {
    if (field.getAnnotation(DataAmount.class) != null) {
      return "memory";
    }
    if (field.getAnnotation(Timespan.class) != null) {
      return "timespan";
    }
    return switch (field.getTypeName()) {
      case "boolean" -> "boolean";
      case "int" -> "number";
      case "long" -> "raw number";
      default -> "text";
    };
  }

  /** Groups the page by type if this type lacks the field by which it was grouped. */
  private static String grouped(String page, EventType type) {
    String before = "<histogram groupBy=\"";
    int start = page.indexOf(before) + before.length();
    if (start < before.length()) {
      return page;
    }
    int end = page.indexOf('"', start);
    String field = page.substring(start, end);
    return field.equals(BY_TYPE) || type.getField(field) != null
        ? page
        : page.substring(0, start) + BY_TYPE + page.substring(end);
  }
}
