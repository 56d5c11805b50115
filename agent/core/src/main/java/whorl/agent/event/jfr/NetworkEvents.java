package whorl.agent.event.jfr;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import jdk.jfr.Unsigned;
import org.jspecify.annotations.Nullable;
import whorl.event.AgentEvent;
import whorl.event.EventType;

/** JFR event types for sockets and name lookups. Public because JFR requires it. */
public final class NetworkEvents {
  private NetworkEvents() {}

  /** Adds the types of this file. */
  static void addTo(JfrTypes types) {
    types.add(EventType.SOCKET_CONNECT, new SocketConnect());
    types.add(EventType.SOCKET_ACCEPT, new SocketAccept());
    types.add(EventType.SOCKET_BIND, new SocketBind());
    types.add(EventType.DNS_LOOKUP, new DnsLookup());
    types.add(EventType.JNDI_LOOKUP, new JndiLookup());
    types.add(EventType.HTTP_REQUEST, new HttpRequest());
  }

  @Name("whorl.SocketConnect")
  @Label("Socket Connect")
  @Category({"Whorl", "Network"})
  @Description("A connection was asked for")
  @StackTrace
  public static final class SocketConnect extends RequestEvent {
    @Label("Host")
    @Description("The name that was asked for, where there was one")
    @Nullable String host;

    @Label("Address")
    @Description("The address, or the path of a Unix domain socket")
    @Nullable String address;

    @Unsigned
    @Label("Port")
    @Description("The port of the other side")
    int port;

    @Label("Transport")
    @Description("tcp, udp, unix, sctp, or echo for a test whether a host answers")
    @Nullable String transport;

    @Label("Named by Request")
    @Description("Whether the request that it was made for names this host in its path or query")
    boolean namedByRequest;

    @Override
    void commit(AgentEvent event) {
      SocketConnect jfr = new SocketConnect();
      if (jfr.isEnabled()) {
        jfr.host = Values.text(event, 0);
        jfr.address = Values.text(event, 1);
        jfr.port = (int) Values.number(event, 2);
        jfr.transport = Values.text(event, 3);
        jfr.namedByRequest = Values.flag(event, 4);
        jfr.requestId = Values.requestId(event);
        jfr.commit();
      }
    }
  }

  @Name("whorl.SocketAccept")
  @Label("Socket Accept")
  @Category({"Whorl", "Network"})
  @Description("A connection was accepted")
  @StackTrace
  public static final class SocketAccept extends RequestEvent {
    @Label("Remote Address")
    @Description("Who connected")
    @Nullable String address;

    @Unsigned
    @Label("Remote Port")
    @Description("The port of the other side")
    int port;

    @Unsigned
    @Label("Local Port")
    @Description("The port that listened")
    int localPort;

    @Override
    void commit(AgentEvent event) {
      SocketAccept jfr = new SocketAccept();
      if (jfr.isEnabled()) {
        jfr.address = Values.text(event, 0);
        jfr.port = (int) Values.number(event, 1);
        jfr.localPort = (int) Values.number(event, 2);
        jfr.requestId = Values.requestId(event);
        jfr.commit();
      }
    }
  }

  @Name("whorl.SocketBind")
  @Label("Socket Bind")
  @Category({"Whorl", "Network"})
  @Description("A socket was bound")
  @StackTrace
  public static final class SocketBind extends RequestEvent {
    @Label("Address")
    @Description("The local address")
    @Nullable String address;

    @Unsigned
    @Label("Port")
    @Description("The local port; 0 leaves the choice to the system")
    int port;

    @Override
    void commit(AgentEvent event) {
      SocketBind jfr = new SocketBind();
      if (jfr.isEnabled()) {
        jfr.address = Values.text(event, 0);
        jfr.port = (int) Values.number(event, 1);
        jfr.requestId = Values.requestId(event);
        jfr.commit();
      }
    }
  }

  @Name("whorl.DnsLookup")
  @Label("DNS Lookup")
  @Category({"Whorl", "Network"})
  @Description("A host name was looked up")
  @StackTrace
  public static final class DnsLookup extends RequestEvent {
    @Label("Host")
    @Description("The name that was looked up; an address where its name was")
    @Nullable String host;

    @Label("Addresses")
    @Description("The addresses, or the name of an address; empty where the lookup failed")
    @Nullable String addresses;

    @Override
    void commit(AgentEvent event) {
      DnsLookup jfr = new DnsLookup();
      if (jfr.isEnabled()) {
        jfr.host = Values.text(event, 0);
        jfr.addresses = Values.joined(event, 1);
        jfr.requestId = Values.requestId(event);
        jfr.commit();
      }
    }
  }

  @Name("whorl.JndiLookup")
  @Label("JNDI Lookup")
  @Category({"Whorl", "Ways In"})
  @Description("A name was looked up through JNDI")
  @StackTrace
  public static final class JndiLookup extends RequestEvent {
    @Label("Name")
    @Description("The name, with its scheme where it leads elsewhere")
    @Nullable String name;

    @Override
    void commit(AgentEvent event) {
      JndiLookup jfr = new JndiLookup();
      if (jfr.isEnabled()) {
        jfr.name = Values.text(event, 0);
        jfr.requestId = Values.requestId(event);
        jfr.commit();
      }
    }
  }

  @Name("whorl.HttpRequest")
  @Label("HTTP Request")
  @Category({"Whorl", "Requests"})
  @Description("A request was served")
  @StackTrace
  public static final class HttpRequest extends RequestEvent {
    @Label("Method")
    @Description("The HTTP method")
    @Nullable String method;

    @Label("Path")
    @Description("The path, without the query")
    @Nullable String path;

    @Label("Query")
    @Description("What follows the question mark, as it was sent")
    @Nullable String query;

    @Label("Remote Address")
    @Description("The other side of the connection; behind a proxy, the proxy")
    @Nullable String remoteAddress;

    @Label("Status")
    @Description("The status of the response; 0 or less where none was sent")
    int status;

    @Label("Server")
    @Description("The server that served it")
    @Nullable String server;

    @Label("Forwarded For")
    @Description("What the proxy says of the client; anybody can claim it")
    @Nullable String forwardedFor;

    @Label("User Agent")
    @Description("What the client says it is")
    @Nullable String userAgent;

    @DataAmount
    @Label("Request Size")
    @Description("Bytes of the body that came; 0 also where that is not known")
    long requestBytes;

    @DataAmount
    @Label("Response Size")
    @Description("Bytes of the body that went; 0 also where that is not known")
    long responseBytes;

    @Timespan
    @Label("Elapsed")
    @Description("From the first look at the request to the end of its response")
    long elapsed;

    @Label("Truncated")
    @Description("The fields that are longer than was kept; rules saw their beginning and end only")
    @Nullable String truncated;

    @Unsigned
    @Label("Repeated Before")
    @Description("How many that equal this came before it without an event")
    long repeated;

    @Override
    void commit(AgentEvent event) {
      HttpRequest jfr = new HttpRequest();
      if (jfr.isEnabled()) {
        jfr.method = Values.text(event, 0);
        jfr.path = Values.text(event, 1);
        jfr.query = Values.text(event, 2);
        jfr.remoteAddress = Values.text(event, 3);
        jfr.status = (int) Values.number(event, 4);
        jfr.server = Values.text(event, 5);
        jfr.forwardedFor = Values.text(event, 6);
        jfr.userAgent = Values.text(event, 7);
        jfr.requestBytes = Values.number(event, 8);
        jfr.responseBytes = Values.number(event, 9);
        jfr.elapsed = Values.number(event, 10);
        jfr.truncated = Values.text(event, 11);
        jfr.repeated = Values.number(event, 12);
        jfr.requestId = Values.requestId(event);
        jfr.commit();
      }
    }
  }
}
