package whorl.collector.export.formats;

import java.io.OutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.Row;
import whorl.evidence.Json;

/**
 * One document of the Elastic Common Schema per line, for Elasticsearch and compatible readers:
 * nested objects, lists where ECS has lists, {@code jvm} for fields without an ECS name.
 * Elasticsearch refuses a document if one value has the wrong type. So a text that is not an IP
 * address is put into {@code address}, and {@code jvm.fields} stays JSON text, because the
 * application chooses its keys.
 */
final class EcsFormat implements RowFormat {
  /** Where ECS has what people marked. */
  private static final Map<String, String> MARKS =
      Map.of("star", "labels.star", "tag", "tags", "comment", "labels.comment");

  static final String VERSION = "9.0.0";

  private static final String MODULE = "whorl";
  private static final Set<Column> LISTS =
      Set.of(Column.CATEGORY, Column.TYPE, Column.DNS_ADDRESSES);

  @Override
  public String mediaType() {
    return NdjsonFormat.MEDIA_TYPE;
  }

  @Override
  public String ending() {
    return "ecs.ndjson";
  }

  @Override
  public Sink begin(OutputStream out, boolean stacks) {
    return row -> {
      out.write(Json.bytes(document(row)));
      out.write('\n');
    };
  }

  private static Map<String, Object> document(Row row) {
    Document document = new Document();
    row.flat().forEach((name, value) -> put(document, name, value));
    document.put("event.module", MODULE);
    document.put("ecs.version", VERSION);
    document.put("related.ip", document.addresses);
    document.put("related.hosts", document.hosts);
    document.put("related.hash", hashes(row));
    return document.root;
  }

  private static void put(Document document, String name, Object value) {
    Column column = Column.of(name);
    String mark = MARKS.get(name);
    if (mark != null) {
      document.put(mark, WellFormed.value(value));
      return;
    }
    if (column == null || !(value instanceof String text)) {
      document.put(name, value);
      return;
    }
    String clean = WellFormed.text(text);
    switch (column) {
      case SOURCE_IP -> document.address("source", clean);
      case DESTINATION_IP -> document.address("destination", clean);
      case DNS_ADDRESSES -> document.resolved(clean);
      case FILE_MODE -> document.put(name, FileModes.octal(clean));
      case COMMAND_LINE -> {
        document.put(name, clean);
        document.command(clean);
      }
      case CONTAINER -> {
        document.put(name, clean);
        document.put("host.os.type", "linux"); // its kernel named the container
      }
      case HOST, DESTINATION_DOMAIN, DNS_NAME -> {
        document.put(name, clean);
        document.hosts.add(clean);
      }
      default -> document.put(name, LISTS.contains(column) ? List.of(clean) : clean);
    }
  }

  private static List<String> hashes(Row row) {
    String sha256 = row.text(Column.FILE_SHA256);
    return sha256 == null ? List.of() : List.of(sha256);
  }

  /** A document under construction; empty lists are left out. */
  private static final class Document {
    private final Map<String, Object> root = new LinkedHashMap<>();
    private final Set<String> addresses = new LinkedHashSet<>();
    private final Set<String> hosts = new LinkedHashSet<>();

    void put(String name, Object value) {
      if (value instanceof Iterable<?> list && !list.iterator().hasNext()) {
        return;
      }
      Map<String, Object> object = root;
      int start = 0;
      for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', start)) {
        object = child(object, name.substring(start, dot));
        start = dot + 1;
      }
      object.put(name.substring(start), value);
    }

    @SuppressWarnings("unchecked") // no column's name begins with another's and a dot
    private static Map<String, Object> child(Map<String, Object> object, String key) {
      return (Map<String, Object>)
          object.computeIfAbsent(key, any -> new LinkedHashMap<String, Object>());
    }

    void address(String side, String text) {
      put(side + ".address", text);
      String ip = IpAddresses.literal(text);
      if (ip != null) {
        put(side + ".ip", ip);
        addresses.add(ip);
      }
    }

    /** The program and the arguments; they are split at blanks, since the event has them joined. */
    void command(String commandLine) {
      List<String> words = List.of(commandLine.strip().split("\\s+"));
      String program = words.get(0);
      if (program.isEmpty()) {
        return;
      }
      put("process.args", words);
      put("process.args_count", words.size());
      String name = program.substring(program.lastIndexOf('/') + 1);
      if (!name.isEmpty()) {
        put("process.name", name);
      }
      if (program.startsWith("/")) {
        put("process.executable", program);
      }
    }

    void resolved(String joined) {
      List<String> resolved = new ArrayList<>();
      for (String text : joined.split(",")) {
        String ip = IpAddresses.literal(text.strip());
        if (ip != null) {
          resolved.add(ip);
        }
      }
      put(Column.DNS_ADDRESSES.columnName(), resolved);
      addresses.addAll(resolved);
    }
  }
}
