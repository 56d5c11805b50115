package whorl.collector.limit;

/**
 * Names those whom limits count: the network of an address, an identity that many agents have, or
 * an identity of one pod. A pod gets a quarter of what the others get, because a network, a
 * certificate and a token are of many agents, and none of them can take all.
 */
public final class Client {
  private static final int PODS_LIKE_ONE_NETWORK = 4;
  private static final String SINGLE = "one ";
  private static final String GROUP = "group ";

  private Client() {}

  /** The peers of this address' network. */
  public static String network(String address) {
    return RemoteNetwork.of(address);
  }

  /** An identity that one pod has. */
  public static String single(String identity) {
    return SINGLE + identity;
  }

  /** An identity that several agents may have. */
  public static String group(String identity) {
    return GROUP + identity;
  }

  /** How many such clients together may use as much as one network. */
  public static int share(String client) {
    return client.startsWith(SINGLE) ? PODS_LIKE_ONE_NETWORK : 1;
  }

  /** The share of this client, if a whole network may use {@code max}; at least one. */
  public static int max(String client, int max) {
    return Math.max(1, max / share(client));
  }

  /**
   * What {@code units} cost this client of a quota that is made for a network.
   *
   * @return at most {@link Integer#MAX_VALUE}
   */
  public static int cost(String client, int units) {
    return (int) Math.min(Integer.MAX_VALUE, (long) units * share(client));
  }
}
