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
import whorl.collector.http.request.ProblemException;
import whorl.collector.store.objects.EvidenceStore;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Id;

/**
 * The evidence that must not be purged, and why: it is on hold itself, or one of its cases is.
 * Holds are stored only in the custody log, one entry for each piece of evidence and holder; this
 * class computes the current holds from them. Therefore the loss of an index cannot lose a hold,
 * and a hold is durable when a method returns.
 *
 * <p>Holds and purges exclude each other: no hold can begin while {@link #purgeUnlessHeld} runs,
 * and evidence whose purge began cannot be held any more. Thread-safe.
 */
public final class Holds {
  private static final Logger LOG = LoggerFactory.getLogger(Holds.class);
  private static final String CASE = "case";
  private static final String REASON = "reason";
  private static final String ITSELF = "";

  private final EvidenceStore store;
  private final CustodyLog custody;

  /** By evidence, then by holder: the id of a case, or {@link #ITSELF}. */
  private final Map<Id, Map<String, Hold>> held = new HashMap<>();

  private final Map<Id, Hold> cases = new HashMap<>();

  private Holds(EvidenceStore store, CustodyLog custody) {
    this.store = store;
    this.custody = custody;
  }

  /** Computes the holds from the log. */
  public static Holds open(EvidenceStore store, CustodyLog custody) throws IOException {
    Holds holds = new Holds(store, custody);
    for (CustodyEntry entry : custody.holdEntries()) {
      holds.accept(entry);
    }
    return holds;
  }

  /** Runs while no hold can begin. */
  public interface Purge {
    void run() throws IOException;
  }

  /** The holds of this evidence; empty if it may be purged. */
  public synchronized List<Hold> of(Id evidence) {
    return List.copyOf(held.getOrDefault(evidence, Map.of()).values());
  }

  public synchronized boolean isHeld(Id evidence) {
    return held.containsKey(evidence);
  }

  /** Held evidence after this id, sorted by id. */
  synchronized List<Id> heldAfter(@Nullable String evidence, int limit) {
    return held.keySet().stream()
        .filter(each -> evidence == null || each.value().compareTo(evidence) > 0)
        .sorted()
        .limit(limit)
        .toList();
  }

  /** The hold of a case; null if it has none. */
  public synchronized @Nullable Hold ofCase(Id id) {
    return cases.get(id);
  }

  /** All cases on hold. */
  synchronized Map<Id, Hold> casesOnHold() {
    return Map.copyOf(cases);
  }

  /** The evidence that is held by this case. */
  synchronized List<Id> heldBy(Id id) {
    List<Id> evidence = new ArrayList<>();
    for (Id each : held.keySet()) {
      if (isHeldBy(each, id)) {
        evidence.add(each);
      }
    }
    return evidence;
  }

  /** The number of pieces of held evidence. */
  public synchronized long size() {
    return held.size();
  }

  /**
   * Runs the purge if the evidence has no hold.
   *
   * @return the holds that prevent the purge; empty if it ran
   */
  public synchronized List<Hold> purgeUnlessHeld(Id evidence, Purge purge) throws IOException {
    List<Hold> holds = of(evidence);
    if (holds.isEmpty()) {
      purge.run();
    }
    return holds;
  }

  /**
   * Puts evidence on hold. Evidence on hold keeps its first hold. False if there is no such
   * evidence.
   */
  synchronized boolean hold(Id evidence, String by, String reason) throws IOException {
    if (!mayBeHeld(evidence)) {
      return false;
    }
    if (!held.getOrDefault(evidence, Map.of()).containsKey(ITSELF)) {
      append(List.of(draft(CustodyAction.HELD, evidence, null, by, reason)));
    }
    return true;
  }

  /** Releases the hold of the evidence itself; holds of cases stay. */
  synchronized void release(Id evidence, String by, String reason) throws IOException {
    refuseInDoubt();
    if (held.getOrDefault(evidence, Map.of()).containsKey(ITSELF)) {
      append(List.of(draft(CustodyAction.RELEASED, evidence, null, by, reason)));
    }
  }

  /**
   * Puts a case and its evidence on hold. A repeated call holds evidence that has no hold of the
   * case yet.
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
   * Adds the hold of a case to evidence that joins the case.
   *
   * @return false if there is no such evidence
   */
  synchronized boolean holdJoining(Id evidence, Id id, String by) throws IOException {
    if (!mayBeHeld(evidence)) {
      return false;
    }
    Hold hold = cases.get(id);
    if (hold != null && !isHeldBy(evidence, id)) {
      append(List.of(draft(CustodyAction.HELD, evidence, id, by, hold.reason())));
    }
    return true;
  }

  /** Refuses to let evidence leave a case that holds it while custody is in doubt. */
  synchronized void refuseLeavingInDoubt(Id evidence, Id id) {
    if (isHeldBy(evidence, id)) {
      refuseInDoubt();
    }
  }

  /** Releases the hold of a case from evidence that leaves the case. */
  synchronized void releaseLeaving(Id evidence, Id id, String by) throws IOException {
    if (isHeldBy(evidence, id)) {
      append(List.of(draft(CustodyAction.RELEASED, evidence, id, by, "removed from the case")));
    }
  }

  /**
   * Releases the hold of a case. The entry of the case itself comes last, so an interrupted release
   * can be repeated.
   */
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

  /** Refuses to end a hold while custody is in doubt, because entries of holds may be missing. */
  private void refuseInDoubt() {
    List<String> doubts = custody.doubts();
    if (!doubts.isEmpty()) {
      throw new ProblemException(
          409,
          "custody in doubt",
          "no hold ends while custody is in doubt: "
              + doubts.get(0)
              + "; restore the log, or accept it with POST /api/v1/custody/acknowledge");
    }
  }

  /**
   * False also for evidence that is purged in custody, though its record may exist for a moment
   * longer.
   */
  private boolean mayBeHeld(Id evidence) throws IOException {
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
      LOG.warn("custody entry {} names a holder that is no case: ignored", entry.sequence());
      return;
    }
    Id ofCase = holder.equals(ITSELF) ? null : new Id(holder);
    Id evidence = entry.evidence();
    boolean holds = entry.action().equals(CustodyAction.HELD.word());
    if (!holds && !entry.intact()) {
      LOG.warn("custody entry {} was altered, so it does not end a hold", entry.sequence());
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
