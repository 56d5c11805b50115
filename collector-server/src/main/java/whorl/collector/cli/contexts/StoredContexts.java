package whorl.collector.cli.contexts;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All contexts.
 *
 * @param current the name of the one that commands use; null if there is none
 */
public record StoredContexts(@Nullable String current, Map<String, StoredContext> contexts) {
  static final StoredContexts NONE = new StoredContexts(null, Map.of());

  public StoredContexts {
    contexts = contexts == null ? Map.of() : Map.copyOf(contexts);
  }

  /** The context that commands use; null if there is none. */
  public @Nullable StoredContext inUse() {
    return current == null ? null : contexts.get(current);
  }

  /** The name of the context of this collector, the one in use before others; null if none. */
  public @Nullable String nameOf(String url) {
    StoredContext used = inUse();
    if (used != null && used.url().equals(url)) {
      return current;
    }
    return new TreeMap<>(contexts)
        .entrySet().stream()
            .filter(each -> each.getValue().url().equals(url))
            .map(Map.Entry::getKey)
            .findFirst()
            .orElse(null);
  }

  /** The same with this context, which is used from now on. */
  public StoredContexts using(String name, StoredContext context) {
    return new StoredContexts(name, with(name, context).contexts());
  }

  /** The same with this context. */
  public StoredContexts with(String name, StoredContext context) {
    Map<String, StoredContext> all = new TreeMap<>(contexts);
    all.put(name, context);
    return new StoredContexts(current, all);
  }

  /** The same, and commands use this context. */
  public StoredContexts using(String name) {
    return new StoredContexts(name, contexts);
  }

  /** The same without this context. */
  public StoredContexts without(String name) {
    Map<String, StoredContext> others = new TreeMap<>(contexts);
    others.remove(name);
    return new StoredContexts(name.equals(current) ? null : current, others);
  }
}
