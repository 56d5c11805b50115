package whorl.agent.hunt;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.agent.hook.code.GeneratedClass;
import whorl.event.RequestContext;

/** What the agent remembers of the classes that were made at run time, by their names. */
final class MadeClasses {
  private final Map<String, List<GeneratedClass>> byName = new HashMap<>();
  private final List<GeneratedClass> all;

  MadeClasses(List<GeneratedClass> all) {
    this.all = all;
    for (GeneratedClass made : all) {
      byName.computeIfAbsent(made.className(), none -> new ArrayList<>(1)).add(made);
    }
  }

  List<GeneratedClass> all() {
    return all;
  }

  /** How this very class was made; the newest if it was changed since. Null if it was not. */
  @Nullable GeneratedClass of(Class<?> type) {
    List<GeneratedClass> named = byName.getOrDefault(type.getName(), List.of());
    for (int i = named.size() - 1; i >= 0; i--) {
      if (named.get(i).isOf(type)) {
        return named.get(i);
      }
    }
    return null;
  }

  /** Adds how a class was made to a row's fields. */
  static void describe(GeneratedClass made, Map<String, Object> fields) {
    fields.put("origin", made.origin());
    fields.put("generator", made.generator() == null ? "unknown" : Cut.text(made.generator()));
    fields.put("sha256", made.sha256().hex());
    fields.put("size", made.size());
    RequestContext request = made.request();
    if (request != null && !request.isStart()) {
      fields.put("request.method", Cut.text(request.method()));
      fields.put("request.path", Cut.text(request.path()));
      fields.put("request.remoteAddress", Cut.text(request.remoteAddress()));
    }
    if (!made.stack().isEmpty()) {
      fields.put("stack", Cut.frames(made.stack()));
    }
  }

  static @Nullable Instant at(@Nullable GeneratedClass made) {
    return made == null ? null : Instant.ofEpochMilli(made.epochMillis());
  }

  static @Nullable String request(@Nullable GeneratedClass made) {
    RequestContext request = made == null ? null : made.request();
    return request == null ? null : Cut.text(request.id());
  }
}
