package whorl.architecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import whorl.architecture.PackageRow.Permission;

/**
 * A table of ARCHITECTURE.md that says which package may use which, as the tests of both sides read
 * it. A row is
 *
 * <pre>| `.ship` | the spool, the upload | redact, config, Netty |</pre>
 *
 * <p>The first cell is a package: {@code .ship} or {@code .ship.spool} is below the table's root,
 * {@code whorl.rules} is a full name. The last cell lists, separated by commas, packages and
 * libraries. A package stands for itself and all below it. A dash permits nothing, and "everything
 * below" permits every package of the table. The table's first row is its root.
 */
public final class PackageTable {
  /** What every package may use. */
  private static final List<String> ALWAYS =
      List.of(
          "java",
          "javax",
          "jdk",
          "com.sun",
          "whorl.event",
          "whorl.evidence",
          "com.fasterxml.jackson",
          "org.slf4j",
          "org.jspecify");

  /** The libraries' names in the tables, and their packages. */
  private static final Map<String, List<String>> LIBRARIES =
      Map.ofEntries(
          Map.entry("Angus Mail", List.of("org.eclipse.angus", "jakarta.mail")),
          Map.entry("ASM", List.of("org.objectweb.asm")),
          Map.entry("AWS SDK", List.of("software.amazon.awssdk")),
          Map.entry("Bouncy Castle", List.of("org.bouncycastle")),
          Map.entry("Byte Buddy", List.of("net.bytebuddy")),
          Map.entry("DuckDB", List.of("org.duckdb")),
          Map.entry("Flyway", List.of("org.flywaydb")),
          Map.entry("HikariCP", List.of("com.zaxxer.hikari")),
          Map.entry("Iceberg", List.of("org.apache.iceberg")),
          Map.entry("jagged", List.of("com.exceptionfactory.jagged")),
          Map.entry("JLine", List.of("org.jline")),
          Map.entry("MCP SDK", List.of("io.modelcontextprotocol")),
          Map.entry("Mission Control", List.of("org.openjdk.jmc")),
          Map.entry("Netty", List.of("io.netty")),
          Map.entry("Netty's utilities", List.of("io.netty.util", "io.netty.handler.ssl")),
          Map.entry("Nimbus JOSE", List.of("com.nimbusds.jose", "com.nimbusds.jwt")),
          Map.entry("Nimbus OAuth", List.of("com.nimbusds.oauth2", "com.nimbusds.openid")),
          Map.entry("Okio", List.of("okio")),
          Map.entry(
              "OpenTelemetry proto", List.of("io.opentelemetry.proto", "com.google.protobuf")),
          Map.entry("picocli", List.of("picocli")),
          Map.entry("PostgreSQL", List.of("org.postgresql")),
          Map.entry("progressbar", List.of("me.tongfei.progressbar")),
          Map.entry("Reactor", List.of("reactor.core")),
          Map.entry("shark-hprof", List.of("shark")),
          Map.entry("SnakeYAML", List.of("org.snakeyaml.engine")),
          Map.entry("SQLite", List.of("org.sqlite")),
          Map.entry("Vineflower", List.of("org.jetbrains.java.decompiler")));

  private static final String EVERYTHING = "everything below";
  private static final Pattern NOTHING = Pattern.compile("[-–—]?");
  private static final Pattern PACKAGE = Pattern.compile("[a-z][a-z0-9]*(\\.[a-z][a-z0-9]*)*");
  private static final Pattern SEPARATOR = Pattern.compile("\\|[-:| ]+\\|");
  private static final int CELLS = 3;

  private final List<PackageRow> rows;

  private PackageTable(List<PackageRow> rows) {
    this.rows = rows;
  }

  /**
   * Reads the table below a heading.
   *
   * @param heading the heading's text without its number signs
   * @throws IllegalArgumentException if there is no such table, or if a row is not of the table's
   *     form; the message has the row
   */
  public static PackageTable read(Path document, String heading) throws IOException {
    return parse(Files.readAllLines(document), heading);
  }

  static PackageTable parse(List<String> lines, String heading) {
    List<Cells> table = cells(lines, heading);
    if (table.isEmpty()) {
      throw new IllegalArgumentException("no table below the heading '" + heading + "'");
    }
    String root = table.get(0).packageName("");
    List<String> names = new ArrayList<>();
    for (Cells each : table) {
      String name = each.packageName(root);
      if (names.contains(name)) {
        throw each.invalid("a second row of this package");
      }
      names.add(name);
    }
    List<PackageRow> rows = new ArrayList<>();
    for (Cells each : table) {
      String name = each.packageName(root);
      rows.add(
          new PackageRow(
              each.line, each.label(), name, rows.isEmpty(), each.permissions(root, names)));
    }
    return new PackageTable(rows);
  }

  /**
   * What is wrong with the table, or with the classes: a use that no row permits, a permission that
   * no class uses, a package without a row, a row without a package. Classes outside of the table's
   * packages are not looked at.
   */
  public List<String> problems(JavaClasses classes) {
    return new PackageUses(this, classes).problems();
  }

  List<PackageRow> rows() {
    return rows;
  }

  /** The row that holds for a package: of those that cover it, the one with the longest name. */
  Optional<PackageRow> rowOf(String packageName) {
    return rows.stream()
        .filter(each -> each.covers(packageName))
        .max(Comparator.comparing(each -> each.name().length()));
  }

  /** Whether the table should have a row for the package. */
  boolean isConcernedWith(String packageName) {
    return rows.stream().anyMatch(each -> PackageRow.isAtOrBelow(packageName, each.name()));
  }

  static boolean isAlwaysPermitted(String packageName) {
    return ALWAYS.stream().anyMatch(each -> PackageRow.isAtOrBelow(packageName, each));
  }

  private static List<Cells> cells(List<String> lines, String heading) {
    List<Cells> table = new ArrayList<>();
    boolean below = false;
    boolean headed = false;
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.startsWith("#")) {
        below = line.replaceFirst("^#+", "").strip().equals(heading);
      } else if (below && line.startsWith("|")) {
        if (SEPARATOR.matcher(line).matches()) {
          headed = true;
        } else if (headed) {
          table.add(Cells.of(i + 1, line));
        }
      }
    }
    return table;
  }

  /** The cells of one line. */
  private record Cells(int line, String text, List<String> cells) {
    static Cells of(int number, String line) {
      List<String> cells =
          Arrays.stream(line.substring(1).replaceFirst("\\|$", "").split("\\|", -1))
              .map(String::strip)
              .toList();
      Cells row = new Cells(number, line, cells);
      if (cells.size() != CELLS) {
        throw row.invalid("not " + CELLS + " cells but " + cells.size());
      }
      return row;
    }

    String label() {
      return cells.get(0).replace("`", "");
    }

    /** The full name of the row's package; the root row is parsed with an empty root. */
    String packageName(String root) {
      String label = label();
      String name = label.startsWith(".") ? label.substring(1) : label;
      if (!PACKAGE.matcher(name).matches() || (label.startsWith(".") && root.isEmpty())) {
        throw invalid("not a package: '" + label + "'");
      }
      return label.startsWith(".") ? root + label : label;
    }

    List<Permission> permissions(String root, List<String> names) {
      String cell = cells.get(CELLS - 1).replace("`", "");
      if (NOTHING.matcher(cell).matches()) {
        return List.of();
      }
      List<Permission> permissions = new ArrayList<>();
      for (String each : cell.split("[,;]", -1)) {
        permissions.add(permission(each.strip(), root, names));
      }
      return permissions;
    }

    private Permission permission(String item, String root, List<String> names) {
      if (item.equals(EVERYTHING)) {
        return new Permission(item, names, true);
      }
      if (LIBRARIES.containsKey(item)) {
        return new Permission(item, LIBRARIES.get(item), false);
      }
      String relative = item.startsWith(".") ? item.substring(1) : item;
      if (PACKAGE.matcher(relative).matches()) {
        String name = relative.startsWith("whorl.") ? relative : root + "." + relative;
        boolean hasRow =
            names.stream()
                .anyMatch(
                    each ->
                        !each.equals(root) && PackageRow.isAtOrBelow(name, each)
                            || PackageRow.isAtOrBelow(each, name));
        if (hasRow || relative.startsWith("whorl.")) {
          return new Permission(item, List.of(name), false);
        }
      }
      throw invalid(
          "neither a package of the table nor a library that the test knows: '" + item + "'");
    }

    IllegalArgumentException invalid(String reason) {
      return new IllegalArgumentException("line " + line + ": " + reason + " in the row " + text);
    }
  }
}
