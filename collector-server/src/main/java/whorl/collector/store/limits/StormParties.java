package whorl.collector.store.limits;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import whorl.evidence.Digest;

/**
 * Who had the admitted captures of one rule, as far as they proved who they are: {@code
 * atMillis:digest} of each, separated by blanks. Earlier versions leave this as it is, so an entry
 * may be missing.
 */
record StormParties(List<Party> all) {
  private static final int DIGEST_CHARS = 16;
  private static final int MAX = 128;

  StormParties {
    all = List.copyOf(all);
  }

  /** Who had a capture. */
  record Party(long atMillis, String digest) {}

  static StormParties of(String text) {
    List<Party> all = new ArrayList<>();
    for (String party : text.isEmpty() ? new String[0] : text.split(" ", -1)) {
      int colon = party.indexOf(':');
      all.add(new Party(Long.parseLong(party.substring(0, colon)), party.substring(colon + 1)));
    }
    return new StormParties(all);
  }

  String text() {
    return String.join(
        " ", all.stream().map(each -> each.atMillis() + ":" + each.digest()).toList());
  }

  /** Returns those after this time. */
  StormParties after(long millis) {
    return new StormParties(all.stream().filter(each -> each.atMillis() > millis).toList());
  }

  StormParties with(long atMillis, String identity) {
    List<Party> more = new ArrayList<>(all);
    more.add(new Party(atMillis, digest(identity)));
    return new StormParties(more.subList(Math.max(0, more.size() - MAX), more.size()));
  }

  /** True if this identity had none of them. */
  boolean lacks(String identity) {
    String digest = digest(identity);
    return all.stream().noneMatch(each -> each.digest().equals(digest));
  }

  /** The number of identities that had some. */
  long distinct() {
    return all.stream().map(Party::digest).distinct().count();
  }

  private static String digest(String identity) {
    return Digest.of(identity.getBytes(StandardCharsets.UTF_8)).hex().substring(0, DIGEST_CHARS);
  }
}
