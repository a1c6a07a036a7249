package io.sluice.app.management;

import java.util.Map;

/** The page at /: where devices connect, and the other pages. */
final class IndexPage {

    private IndexPage() {}

    static String html(Map<String, String> listeners, Health health) {
        StringBuilder rows = new StringBuilder();
        listeners.forEach((name, address) -> rows.append("<tr><td>")
                .append(escaped(name))
                .append("</td><td>")
                .append(escaped(address))
                .append("</td></tr>\n"));
        return """
                <!doctype html>
                <html lang="en">
                <meta charset="utf-8">
                <title>Sluice</title>
                <style>body{font-family:sans-serif;margin:2rem}td{padding-right:2rem}</style>
                <h1>Sluice</h1>
                <p>%s</p>
                <table>
                %s</table>
                <p><a href="/metrics">metrics</a> · <a href="/health">health</a> ·
                <a href="/ready">ready</a> · <a href="/live">live</a></p>
                </html>
                """.formatted(health.isReady() ? "Ready." : "Not ready.", rows);
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
