package whorl.collector.retention;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The bytes that count for one size limit, by account. When the limit is exceeded, the accounts
 * with the most give way: each may keep the same level, and what some do not need of it raises the
 * level of the others. So one account that floods the store cannot push out the evidence of another
 * one. With one account alone, its oldest evidence goes.
 */
final class SharedRoom {
  private final Map<String, Long> bytesByAccount = new HashMap<>();
  private long total;
  private long max = Long.MAX_VALUE;
  private long level = Long.MAX_VALUE;

  void add(String account, long bytes) {
    bytesByAccount.merge(account, bytes, Long::sum);
    total += bytes;
  }

  void subtract(String account, long bytes) {
    add(account, -bytes);
  }

  /** Sets the limit; to be called when everything is added. */
  void limit(long maxBytes) {
    max = maxBytes;
    long[] sizes = bytesByAccount.values().stream().mapToLong(Long::longValue).toArray();
    Arrays.sort(sizes);
    long left = maxBytes;
    for (int i = 0; i < sizes.length; i++) {
      level = left / (sizes.length - i);
      if (sizes[i] > level) {
        return;
      }
      left -= sizes[i];
    }
    level = Long.MAX_VALUE;
  }

  /** True if the limit is exceeded, and this account has more than its level. */
  boolean mustGiveWay(String account) {
    return total > max && bytesByAccount.getOrDefault(account, 0L) > level;
  }
}
