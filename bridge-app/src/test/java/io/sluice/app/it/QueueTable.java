package io.sluice.app.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The table of queues in the documentation: the one place where their limits are. */
final class QueueTable {

    private static final Path PAGE = Path.of("../docs/architecture.md");
    private static final String TITLE = "## Every queue has a bound";
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    /** A row: where, and by which metrics it is seen, with their labels if there are any. */
    record Row(String place, List<String> metrics) {}

    private QueueTable() {}

    static List<Row> rows() throws IOException {
        String page = Files.readString(PAGE);
        String section = page.substring(page.indexOf(TITLE) + TITLE.length());
        int next = section.indexOf("\n## ");
        List<Row> rows = new ArrayList<>();
        for (String line :
                section.substring(0, next < 0 ? section.length() : next).lines().toList()) {
            String[] cells = line.split("\\|", -1);
            boolean isRow = line.startsWith("|") && !line.startsWith("|---") && !line.startsWith("| place |");
            if (isRow) {
                rows.add(new Row(cells[1].strip(), code(cells[4])));
            }
        }
        return rows;
    }

    private static List<String> code(String cell) {
        List<String> found = new ArrayList<>();
        Matcher matcher = CODE.matcher(cell);
        while (matcher.find()) {
            found.add(matcher.group(1));
        }
        return found;
    }
}
