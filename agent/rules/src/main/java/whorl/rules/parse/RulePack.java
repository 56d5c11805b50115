package whorl.rules.parse;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Digest;

/**
 * The built-in rules as YAML that was parsed when the agent was built. Parsing it at each start
 * would take longer than everything else that rules do:
 *
 * <pre>
 * pack:  int32 files; for each: UTF name; value, a list of its documents
 * value: int8 kind; then
 *   0 nothing, for null      1 UTF text           2 int32 number    3 int8 truth
 *   4 int32 size, values     5 int32 size, pairs of values, for a map in its order
 * </pre>
 */
public final class RulePack {
  private static final String RESOURCE = "/whorl/rules/pack.bin";
  private static final int NULL = 0;
  private static final int TEXT = 1;
  private static final int NUMBER = 2;
  private static final int TRUTH = 3;
  private static final int LIST = 4;
  private static final int MAP = 5;

  private RulePack() {}

  /** Receives the documents of each file, in the pack's order. */
  public interface FileConsumer {
    void file(String name, List<?> documents);
  }

  /** Reads the pack in the agent's jar. */
  public static void read(FileConsumer files) {
    try (InputStream resource = RulePack.class.getResourceAsStream(RESOURCE)) {
      if (resource == null) {
        throw new IllegalStateException("the agent's jar lacks " + RESOURCE);
      }
      DataInputStream in = new DataInputStream(new BufferedInputStream(resource));
      for (int left = in.readInt(); left > 0; left--) {
        String name = in.readUTF();
        files.file(name, value(in) instanceof List<?> documents ? documents : List.of());
      }
    } catch (IOException e) {
      throw new IllegalStateException("cannot read " + RESOURCE + " from the agent's jar", e);
    }
  }

  /** The digest of the pack in the agent's jar: agents with the same one have the same rules. */
  public static Digest digest() {
    try (InputStream resource = RulePack.class.getResourceAsStream(RESOURCE)) {
      if (resource == null) {
        throw new IllegalStateException("the agent's jar lacks " + RESOURCE);
      }
      return Digest.of(resource.readAllBytes());
    } catch (IOException e) {
      throw new IllegalStateException("cannot read " + RESOURCE + " from the agent's jar", e);
    }
  }

  /**
   * Parses the pack during the build of the agent.
   *
   * @param arguments the folder with {@code pack.txt} and the files that it names; the parsed pack
   *     is written there
   */
  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    List<String> names = Files.readAllLines(folder.resolve("pack.txt"));
    try (OutputStream file = Files.newOutputStream(folder.resolve("pack.bin"));
        DataOutputStream out = new DataOutputStream(new BufferedOutputStream(file))) {
      out.writeInt(names.size());
      for (String name : names) {
        out.writeUTF(name);
        write(out, RuleReader.parse(Files.readString(folder.resolve(name)), name));
      }
    }
  }

  private static @Nullable Object value(DataInputStream in) throws IOException {
    int kind = in.readByte();
    return switch (kind) {
      case NULL -> null;
      case TEXT -> in.readUTF();
      case NUMBER -> in.readInt();
      case TRUTH -> in.readBoolean();
      case LIST -> {
        List<@Nullable Object> list = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
          list.add(value(in));
        }
        yield list;
      }
      case MAP -> {
        Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
        for (int left = in.readInt(); left > 0; left--) {
          map.put(value(in), value(in));
        }
        yield map;
      }
      default -> throw new IOException("no kind of value: " + kind);
    };
  }

  private static void write(DataOutputStream out, @Nullable Object value) throws IOException {
    if (value == null) {
      out.writeByte(NULL);
    } else if (value instanceof String text) {
      out.writeByte(TEXT);
      out.writeUTF(text);
    } else if (value instanceof Integer number) {
      out.writeByte(NUMBER);
      out.writeInt(number);
    } else if (value instanceof Boolean truth) {
      out.writeByte(TRUTH);
      out.writeBoolean(truth);
    } else if (value instanceof List<?> list) {
      out.writeByte(LIST);
      out.writeInt(list.size());
      for (Object element : list) {
        write(out, element);
      }
    } else if (value instanceof Map<?, ?> map) {
      out.writeByte(MAP);
      out.writeInt(map.size());
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        write(out, entry.getKey());
        write(out, entry.getValue());
      }
    } else {
      throw new IOException("the pack has no place for a " + value.getClass());
    }
  }
}
