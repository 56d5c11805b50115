import java.io.ByteArrayInputStream;
import java.util.HashMap;
import net.sf.jasperreports.engine.JREmptyDataSource;
import net.sf.jasperreports.engine.JasperCompileManager;
import net.sf.jasperreports.engine.JasperExportManager;
import net.sf.jasperreports.engine.JasperFillManager;
import whorl.lab.app.Web;

/** Prints reports. */
public class App {
  private static final String REPORT =
      "<jasperReport xmlns='http://jasperreports.sourceforge.net/jasperreports' name='r' pageWidth='300'"
          + " pageHeight='300' columnWidth='280' leftMargin='10' rightMargin='10' topMargin='10'"
          + " bottomMargin='10'><title><band height='40'><textField><reportElement x='0' y='0' width='200'"
          + " height='20'/><textFieldExpression><![CDATA[\"sum \" + (1 + 2)]]></textFieldExpression>"
          + "</textField></band></title></jasperReport>";

  public static void main(String[] args) throws Exception {
    Web.create()
        .on(
            "/work",
            request ->
                JasperExportManager.exportReportToPdf(
                        JasperFillManager.fillReport(
                            JasperCompileManager.compileReport(
                                new ByteArrayInputStream(REPORT.getBytes())),
                            new HashMap<>(),
                            new JREmptyDataSource()))
                    .length)
        .start();
  }
}
