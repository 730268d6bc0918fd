//! Migrations. A released migration is never changed; each schema change is a new one.

use sqlx::SqlSafeStr;
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};

use super::column::params;
use super::engine::Engine;

/// A migration, for both engines.
struct SchemaMigration {
    version: i64,
    name: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

macro_rules! migrations {
    ($($version:literal $name:literal),* $(,)?) => {
        const MIGRATIONS: &[SchemaMigration] = &[$(SchemaMigration {
            version: $version,
            name: $name,
            sqlite: include_str!(concat!("migrations/sqlite/", $name, ".sql")),
            postgres: include_str!(concat!("migrations/postgres/", $name, ".sql")),
        }),*];
    };
}

migrations! { 1 "0001_guild_settings", 2 "0002_digests", 3 "0003_pictures", 4 "0004_gateway", 5 "0005_draft_before" }

/// The schema version of this program.
pub const SCHEMA_VERSION: i64 = MIGRATIONS[MIGRATIONS.len() - 1].version;

/// The database was migrated by a later version of the program.
#[derive(Debug, thiserror::Error)]
#[error(
    "the database schema {version} is newer than this version of Dossier supports ({SCHEMA_VERSION}): run the newer version again, \
     or name another database in `store.url`"
)]
pub struct NewerSchema {
    pub(super) version: i64,
}

/// Migrates the schema. Several processes may call this at once. After an `sqlx::Error`, a retry
/// may succeed.
pub(super) async fn migrate(engine: &Engine) -> sqlx::Result<Result<(), NewerSchema>> {
    // An up-to-date database may be read-only, so nothing is written to it.
    match schema_version(engine).await {
        Some(version) if version > SCHEMA_VERSION => {
            return Ok(Err(NewerSchema { version }));
        }
        Some(SCHEMA_VERSION) => return Ok(Ok(())),
        _ => {}
    }
    let migrator = |sql: fn(&SchemaMigration) -> &'static str| {
        let migrations = MIGRATIONS.iter().map(|one| {
            let sql = sql(one).into_sql_str();
            Migration::new(one.version, one.name.into(), MigrationType::Simple, sql, false)
        });
        Migrator::with_migrations(migrations.collect())
    };
    let done = match engine {
        Engine::Sqlite { write, .. } => migrator(|migration| migration.sqlite).run(write).await,
        Engine::Postgres(pool) => migrator(|migration| migration.postgres).run(pool).await,
    };
    match done {
        Err(MigrateError::VersionMissing(version)) if version > SCHEMA_VERSION => {
            Ok(Err(NewerSchema { version }))
        }
        done => Ok(Ok(done?)),
    }
}

/// The schema version of the database; `None` if it has none or cannot be read.
pub(super) async fn schema_version(engine: &Engine) -> Option<i64> {
    const VERSION: &str = "select max(version) as version from _sqlx_migrations where success";
    let rows = engine.fetch_all(VERSION, params![]).await.ok()?;
    rows.first()?.get("version").ok()
}

#[cfg(test)]
mod tests {
    use super::MIGRATIONS;

    #[test]
    fn migrations_are_numbered_in_order() {
        assert!(MIGRATIONS.is_sorted_by_key(|migration| migration.version));
        assert!(
            MIGRATIONS
                .iter()
                .all(|migration| migration.name.starts_with(&format!("{:04}_", migration.version)))
        );
    }
}
