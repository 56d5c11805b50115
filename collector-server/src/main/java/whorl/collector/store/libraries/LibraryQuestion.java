package whorl.collector.store.libraries;

import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Digest;
import whorl.evidence.library.LibraryPattern;
import whorl.evidence.library.LoadedMarks;

/**
 * Selects libraries and JVMs; null means any.
 *
 * @param loaded true for those with a loaded class, false for those without
 */
public record LibraryQuestion(
    LibraryPattern.@Nullable Part group,
    LibraryPattern.@Nullable Part name,
    @Nullable Digest sha256,
    @Nullable Boolean loaded,
    @Nullable String service) {
  /** True if it would find all libraries of all JVMs. */
  public boolean isOpen() {
    return isOpen(group) && isOpen(name) && sha256 == null;
  }

  private static boolean isOpen(LibraryPattern.@Nullable Part part) {
    return part == null || part.text().isEmpty();
  }

  /** True if it asks for names or groups by their beginning. */
  boolean isPrefix() {
    return sha256 == null
        && (name == null ? group != null && group.prefix() : name.prefix())
        && (group == null || group.prefix());
  }

  /** The conditions on the tables {@code libraries e} and {@code agent_libraries l}. */
  String conditions(List<@Nullable Object> arguments) {
    StringBuilder sql = new StringBuilder("l.inventory = e.inventory");
    add(sql, arguments, "e.name", name);
    add(sql, arguments, "e.group_id", group);
    if (sha256 != null) {
      sql.append(" AND e.sha256 = ?");
      arguments.add(sha256.hex());
    }
    if (loaded != null) {
      sql.append(" AND substr(l.loaded, CAST(e.position + 1 AS INTEGER), 1) ")
          .append(loaded ? "<> '" : "= '")
          .append(LoadedMarks.NONE)
          .append('\'');
    }
    if (service != null) {
      sql.append(" AND l.service = ?");
      arguments.add(service);
    }
    return sql.toString();
  }

  /** A prefix as a range of texts, which the index knows. */
  private static void add(
      StringBuilder sql,
      List<@Nullable Object> arguments,
      String column,
      LibraryPattern.@Nullable Part part) {
    if (part == null) {
      return;
    }
    if (!part.prefix()) {
      sql.append(" AND ").append(column).append(" = ?");
      arguments.add(part.text());
      return;
    }
    String text = part.text();
    char last = text.charAt(text.length() - 1);
    sql.append(" AND ").append(column).append(" >= ? AND ").append(column).append(" < ?");
    arguments.add(text);
    arguments.add(text.substring(0, text.length() - 1) + (char) (last + 1));
  }
}
