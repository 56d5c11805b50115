package whorl.collector.cases;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.custody.CustodyAction;
import whorl.collector.custody.CustodyLog;
import whorl.collector.http.ProblemException;
import whorl.collector.store.EvidenceStore;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Id;

/**
 * Which evidence must not be purged, and why: by itself, or since a case it is in is on hold. The
 * custody log is the only place where holds are written down, one entry for each piece of evidence
 * and holder; this is what its entries add up to. So no index that is lost or made again can lose a
 * hold, and a hold is on the medium when a method returns.
 *
 * <p>Holding and purging take turns here: {@link #unlessHeld} runs while nobody can hold, and what
 * it began to purge can't be held any more. Thread-safe.
 */
public final class Holds {
  private static final Logger LOG = LoggerFactory.getLogger(Holds.class);
  private static final String CASE = "case";
  private static final String REASON = "reason";
  private static final String ITSELF = "";

  private final EvidenceStore store;
  private final CustodyLog custody;

  /** By evidence, then by holder: a case's id, or {@link #ITSELF}. */
  private final Map<Id, Map<String, Hold>> held = new HashMap<>();

  private final Map<Id, Hold> cases = new HashMap<>();

  private Holds(EvidenceStore store, CustodyLog custody) {
    this.store = store;
    this.custody = custody;
  }

  /** Adds up what the log says. */
  public static Holds open(EvidenceStore store, CustodyLog custody) throws IOException {
    Holds holds = new Holds(store, custody);
    for (CustodyEntry entry : custody.holdEntries()) {
      holds.accept(entry);
    }
    return holds;
  }

  /** What is done while nobody can hold. */
  public interface Purge {
    void run() throws IOException;
  }

  /** Why this evidence must not be purged; empty when it may be. */
  public synchronized List<Hold> of(Id evidence) {
    return List.copyOf(held.getOrDefault(evidence, Map.of()).values());
  }

  public synchronized boolean isHeld(Id evidence) {
    return held.containsKey(evidence);
  }

  /** The evidence that is held, in the order of its ids, from behind this one on. */
  synchronized List<Id> heldAfter(@Nullable String evidence, int limit) {
    return held.keySet().stream()
        .filter(each -> evidence == null || each.value().compareTo(evidence) > 0)
        .sorted()
        .limit(limit)
        .toList();
  }

  /** The hold of a case; null where it has none. */
  public synchronized @Nullable Hold ofCase(Id id) {
    return cases.get(id);
  }

  /** All cases on hold. */
  synchronized Map<Id, Hold> casesOnHold() {
    return Map.copyOf(cases);
  }

  /** The evidence that this case's hold keeps. */
  synchronized List<Id> heldBy(Id id) {
    List<Id> evidence = new ArrayList<>();
    for (Id each : held.keySet()) {
      if (isHeldBy(each, id)) {
        evidence.add(each);
      }
    }
    return evidence;
  }

  /** How many pieces of evidence are held. */
  public synchronized long size() {
    return held.size();
  }

  /**
   * Runs it when nobody holds the evidence.
   *
   * @return the holds that keep it from being purged; empty when it ran
   */
  public synchronized List<Hold> unlessHeld(Id evidence, Purge purge) throws IOException {
    List<Hold> holds = of(evidence);
    if (holds.isEmpty()) {
      purge.run();
    }
    return holds;
  }

  /** False when there is no such evidence. Held already, it keeps its first hold. */
  synchronized boolean hold(Id evidence, String by, String reason) throws IOException {
    if (!mayBeHeld(evidence)) {
      return false;
    }
    if (!held.getOrDefault(evidence, Map.of()).containsKey(ITSELF)) {
      append(List.of(draft(CustodyAction.HELD, evidence, null, by, reason)));
    }
    return true;
  }

  /** Takes back what {@link #hold} did; the holds of cases stay. */
  synchronized void release(Id evidence, String by, String reason) throws IOException {
    refuseInDoubt();
    if (held.getOrDefault(evidence, Map.of()).containsKey(ITSELF)) {
      append(List.of(draft(CustodyAction.RELEASED, evidence, null, by, reason)));
    }
  }

  /**
   * Puts a case on hold, with the evidence that is in it. Called again it holds what was missed.
   */
  synchronized void holdCase(Id id, Collection<Id> members, String by, String reason)
      throws IOException {
    List<CustodyLog.Draft> drafts = new ArrayList<>();
    Hold before = cases.get(id);
    if (before == null) {
      drafts.add(draft(CustodyAction.HELD, null, id, by, reason));
    }
    for (Id evidence : members) {
      if (mayBeHeld(evidence) && !isHeldBy(evidence, id)) {
        drafts.add(
            draft(CustodyAction.HELD, evidence, id, by, before == null ? reason : before.reason()));
      }
    }
    append(drafts);
  }

  /**
   * Evidence joins a case; it is held when the case is.
   *
   * @return false when there is no such evidence
   */
  synchronized boolean joins(Id evidence, Id id, String by) throws IOException {
    if (!mayBeHeld(evidence)) {
      return false;
    }
    Hold hold = cases.get(id);
    if (hold != null && !isHeldBy(evidence, id)) {
      append(List.of(draft(CustodyAction.HELD, evidence, id, by, hold.reason())));
    }
    return true;
  }

  /** Evidence leaves a case, and so the case's hold. */
  synchronized void leaves(Id evidence, Id id, String by) throws IOException {
    if (isHeldBy(evidence, id)) {
      append(List.of(draft(CustodyAction.RELEASED, evidence, id, by, "removed from the case")));
    }
  }

  /** Takes back a case's hold, from the case last: what is interrupted can be done again. */
  synchronized void releaseCase(Id id, String by, String reason) throws IOException {
    refuseInDoubt();
    List<CustodyLog.Draft> drafts = new ArrayList<>();
    for (Id evidence : heldBy(id)) {
      drafts.add(draft(CustodyAction.RELEASED, evidence, id, by, reason));
    }
    if (cases.containsKey(id)) {
      drafts.add(draft(CustodyAction.RELEASED, null, id, by, reason));
    }
    append(drafts);
  }

  /** While entries may be missing, nobody can know what is held. */
  private void refuseInDoubt() {
    List<String> doubts = custody.doubts();
    if (!doubts.isEmpty()) {
      throw new ProblemException(
          409,
          "custody in doubt",
          "no hold ends while custody is in doubt: "
              + doubts.get(0)
              + "; restore the log, or say with POST /api/v1/custody/acknowledge that it is right");
    }
  }

  /** Not what custody says is purged, though its record may be there for a moment longer. */
  private boolean mayBeHeld(Id evidence) {
    return store.contains(evidence) && !custody.purged(evidence);
  }

  private boolean isHeldBy(Id evidence, Id id) {
    return held.getOrDefault(evidence, Map.of()).containsKey(id.value());
  }

  private void append(List<CustodyLog.Draft> drafts) throws IOException {
    if (!drafts.isEmpty()) {
      for (CustodyEntry entry : custody.append(drafts)) {
        accept(entry);
      }
    }
  }

  private static CustodyLog.Draft draft(
      CustodyAction action, @Nullable Id evidence, @Nullable Id ofCase, String by, String reason) {
    Map<String, String> detail = new LinkedHashMap<>();
    if (ofCase != null) {
      detail.put(CASE, ofCase.value());
    }
    detail.put(REASON, reason);
    return new CustodyLog.Draft(action, evidence, by, detail);
  }

  private void accept(CustodyEntry entry) {
    String holder = entry.detail().getOrDefault(CASE, ITSELF);
    if (!holder.equals(ITSELF) && !Id.isId(holder)) {
      LOG.warn("custody entry {} holds for no case: passed over", entry.sequence());
      return;
    }
    Id ofCase = holder.equals(ITSELF) ? null : new Id(holder);
    Id evidence = entry.evidence();
    boolean holds = entry.action().equals(CustodyAction.HELD.word());
    if (!holds && !entry.intact()) {
      LOG.warn("custody entry {} was altered, so it releases nothing", entry.sequence());
      return;
    }
    Hold hold =
        new Hold(ofCase, entry.actor(), entry.time(), entry.detail().getOrDefault(REASON, ""));
    if (evidence == null && ofCase != null) {
      if (holds) {
        cases.put(ofCase, hold);
      } else {
        cases.remove(ofCase);
      }
    } else if (evidence != null && holds) {
      held.computeIfAbsent(evidence, id -> new LinkedHashMap<>()).put(holder, hold);
    } else if (evidence != null) {
      held.computeIfPresent(
          evidence,
          (id, holders) -> {
            holders.remove(holder);
            return holders.isEmpty() ? null : holders;
          });
    }
  }
}
