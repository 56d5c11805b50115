package whorl.collector.analysis.trail;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Json;
import whorl.evidence.Text;

/**
 * The libraries of {@code libraries.cdx.json}, by the paths of their jars. The document comes from
 * a JVM that an intruder was in: what is damaged is left out, and everything is bounded.
 */
final class BillOfMaterials {
  static final BillOfMaterials NONE = new BillOfMaterials();

  private static final int COMPONENTS_MAX = 20_000;
  private static final int TEXT_MAX_CHARS = 1_000;

  private final Map<String, List<Component>> byPath = new HashMap<>();
  private int components;

  /**
   * A library.
   *
   * @param group null if the evidence does not say it
   * @param version null if the evidence does not say it
   * @param packed true if its classes are in the jar of something else
   */
  record Component(@Nullable String group, String name, @Nullable String version, boolean packed) {
    /** Group and name as Maven writes them. */
    String coordinates() {
      return group == null ? name : group + ":" + name;
    }
  }

  private BillOfMaterials() {}

  /** Reads the document; a damaged one as far as it can be read. */
  static BillOfMaterials read(InputStream document) throws IOException {
    BillOfMaterials bill = new BillOfMaterials();
    try (JsonParser json = Json.LENIENT.getFactory().createParser(document)) {
      if (json.nextToken() == JsonToken.START_OBJECT) {
        bill.readObject(json);
      }
    } catch (JacksonException damaged) {
      // What was read before that stays.
    }
    return bill;
  }

  /**
   * Returns the library that a class belongs to; null if that is not known.
   *
   * @param path of the jar that the class was loaded from: {@code /app.jar!/BOOT-INF/lib/x.jar}
   */
  @Nullable Component of(String path, String className) {
    Component jar = null;
    Component packed = null;
    boolean ambiguous = false;
    for (Component component : byPath.getOrDefault(path, List.of())) {
      if (!component.packed()) {
        jar = jar == null ? component : jar;
      } else if (isIn(className, component.group())) {
        int length = length(component.group());
        ambiguous = packed != null && length(packed.group()) == length;
        packed = packed == null || length(packed.group()) < length ? component : packed;
      }
    }
    if (packed == null) {
      return jar;
    }
    int own = jar != null && isIn(className, jar.group()) ? length(jar.group()) : 0;
    if (own > 0 && own >= length(packed.group())) {
      return jar;
    }
    return ambiguous ? null : packed;
  }

  /** Packages begin with the group as a rule. */
  private static boolean isIn(String className, @Nullable String group) {
    return group != null && className.startsWith(group + ".");
  }

  private static int length(@Nullable String text) {
    return text == null ? 0 : text.length();
  }

  /** Reads an object, a component or the whole; Jackson bounds the depth. */
  private void readObject(JsonParser json) throws IOException {
    String group = null;
    String name = null;
    String version = null;
    Map<String, String> properties = Map.of();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String field = json.currentName();
      JsonToken value = json.nextToken();
      if (value == JsonToken.START_ARRAY && field.equals("components")) {
        while (json.nextToken() == JsonToken.START_OBJECT) {
          readObject(json);
        }
      } else if (value == JsonToken.START_ARRAY && field.equals("properties")) {
        properties = readProperties(json);
      } else if (value == JsonToken.VALUE_STRING) {
        switch (field) {
          case "group" -> group = cut(json.getText());
          case "name" -> name = cut(json.getText());
          case "version" -> version = cut(json.getText());
          default -> {}
        }
      } else {
        json.skipChildren();
      }
    }
    String path = properties.get("whorl:path");
    if (name != null && path != null && components < COMPONENTS_MAX) {
      components++;
      byPath
          .computeIfAbsent(path, any -> new ArrayList<>(1))
          .add(new Component(group, name, version, "packed".equals(properties.get("whorl:kind"))));
    }
  }

  private static Map<String, String> readProperties(JsonParser json) throws IOException {
    Map<String, String> properties = new HashMap<>();
    while (json.nextToken() == JsonToken.START_OBJECT) {
      String name = null;
      String text = null;
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String field = json.currentName();
        if (json.nextToken() != JsonToken.VALUE_STRING) {
          json.skipChildren();
        } else if (field.equals("name")) {
          name = cut(json.getText());
        } else if (field.equals("value")) {
          text = cut(json.getText());
        }
      }
      if (name != null && text != null && properties.size() < 20) {
        properties.put(name, text);
      }
    }
    return properties;
  }

  private static String cut(String text) {
    return Text.beginning(text, TEXT_MAX_CHARS);
  }

  /**
   * Returns the path of the jar that a class's code source names: {@code /app.jar!/BOOT-INF/lib/
   * x.jar} of {@code jar:nested:/app.jar/!BOOT-INF/lib/x.jar!/}; null if it names none.
   */
  static @Nullable String path(String codeSource) {
    String rest = codeSource;
    for (String scheme : List.of("jar:", "war:", "nested:", "file:")) {
      if (rest.startsWith(scheme)) {
        rest = rest.substring(scheme.length());
      }
    }
    if (!rest.startsWith("/")) {
      return null;
    }
    String[] parts = rest.replace("*/", "!/").split("!");
    String outer = withoutEnd(parts[0]);
    if (outer.startsWith("///")) {
      outer = outer.substring(2);
    }
    for (int i = 1; i < parts.length; i++) {
      String inner = withoutEnd(parts[i].startsWith("/") ? parts[i].substring(1) : parts[i]);
      if (inner.endsWith(".jar")) {
        return outer + "!/" + inner;
      }
    }
    return outer;
  }

  private static String withoutEnd(String path) {
    return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }
}
