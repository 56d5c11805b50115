package whorl.collector.custody.log;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Id;

/** The holds of a log that one collector writes. Thread-safe. */
final class MemoryHolds implements HoldIndex {
  /** By evidence, then by holder. */
  private final TreeMap<String, Map<String, HoldChange>> held = new TreeMap<>();

  private final Map<Id, HoldChange> cases = new LinkedHashMap<>();

  synchronized void accept(@Nullable HoldChange change) {
    if (change == null) {
      return;
    }
    Id evidence = change.evidence();
    if (evidence == null) {
      acceptCase(change);
    } else if (change.held()) {
      held.computeIfAbsent(evidence.value(), id -> new LinkedHashMap<>())
          .put(change.holder(), change);
    } else {
      held.computeIfPresent(
          evidence.value(),
          (id, holders) -> {
            holders.remove(change.holder());
            return holders.isEmpty() ? null : holders;
          });
    }
  }

  private void acceptCase(HoldChange change) {
    Id ofCase = change.ofCase();
    if (ofCase != null && change.held()) {
      cases.put(ofCase, change);
    } else if (ofCase != null) {
      cases.remove(ofCase);
    }
  }

  @Override
  public synchronized List<HoldChange> of(Id evidence) {
    return List.copyOf(held.getOrDefault(evidence.value(), Map.of()).values());
  }

  @Override
  public synchronized List<Id> heldAfter(@Nullable String evidence, int limit) {
    Map<String, Map<String, HoldChange>> rest =
        evidence == null ? held : held.tailMap(evidence, false);
    return rest.keySet().stream().limit(limit).map(Id::new).toList();
  }

  @Override
  public synchronized List<HoldChange> cases() {
    return List.copyOf(cases.values());
  }

  @Override
  public synchronized List<Id> heldBy(Id ofCase) {
    List<Id> evidence = new ArrayList<>();
    held.forEach(
        (id, holders) -> {
          if (holders.containsKey(ofCase.value())) {
            evidence.add(new Id(id));
          }
        });
    return evidence;
  }

  @Override
  public synchronized long size() {
    return held.size();
  }
}
