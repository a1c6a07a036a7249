package io.sluice.schemas.sparkplug;

import io.sluice.schemas.convert.AvroBuffer;
import io.sluice.schemas.convert.JsonPath;
import io.sluice.schemas.convert.MisfitException;
import io.sluice.schemas.sparkplug.proto.SparkplugProto.Payload.DataSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes tables of values. Confined to one conversion. */
final class DataSetEncoder {

    private final AvroBuffer out;
    private final JsonPath path;
    private final OptionalFields optional;
    private final ScalarEncoder scalars;

    DataSetEncoder(AvroBuffer out, JsonPath path, ScalarEncoder scalars) {
        this.out = out;
        this.path = path;
        this.scalars = scalars;
        optional = new OptionalFields(out);
    }

    /** @throws MisfitException when columns, types and cells are not equally many, or a cell is not of its type */
    void write(DataSet table) throws MisfitException {
        int columns = table.getColumnsCount();
        if (table.getTypesCount() != columns || (table.hasNumOfColumns() && table.getNumOfColumns() != columns)) {
            throw MisfitException.misfit(
                    path.toString(),
                    columns + " names and " + table.getTypesCount() + " types of "
                            + (table.hasNumOfColumns() ? Long.toUnsignedString(table.getNumOfColumns()) : "its")
                            + " columns",
                    "equally many");
        }
        @Nullable DataType[] types = columns(table);
        path.push("rows");
        List<DataSet.Row> rows = table.getRowsList();
        if (!rows.isEmpty()) {
            out.writeLong(rows.size());
        }
        for (int i = 0; i < rows.size(); i++) {
            path.push(i);
            row(rows.get(i).getElementsList(), types);
            path.pop();
        }
        out.writeLong(0);
        path.pop();
    }

    private @Nullable DataType[] columns(DataSet table) throws MisfitException {
        int count = table.getColumnsCount();
        @Nullable DataType[] types = new DataType[count];
        if (count > 0) {
            out.writeLong(count);
        }
        path.push("columns");
        for (int i = 0; i < count; i++) {
            path.push(i);
            DataType type = DataTypes.of(table.getTypes(i), path);
            out.writeString(table.getColumns(i));
            optional.writeString(type == null ? null : type.label());
            types[i] = type;
            path.pop();
        }
        path.pop();
        out.writeLong(0);
        return types;
    }

    private void row(List<DataSet.DataSetValue> cells, @Nullable DataType[] types) throws MisfitException {
        if (cells.size() != types.length) {
            throw MisfitException.misfit(path.toString(), cells.size() + " cells", types.length + " cells");
        }
        if (!cells.isEmpty()) {
            out.writeLong(cells.size());
        }
        for (int i = 0; i < cells.size(); i++) {
            path.push(i);
            scalars.write(types[i], WireValue.of(cells.get(i)));
            path.pop();
        }
        out.writeLong(0);
    }
}
