//! The manual page: one page for all commands, made from the same declarations as the help.

use std::io;

use clap::{Arg, Command, CommandFactory};
use clap_mangen::Man;

use super::Cli;

/// The manual page in roff.
///
/// # Errors
/// None in practice: it is written into memory.
pub fn manual() -> io::Result<Vec<u8>> {
    let mut whole = Cli::command();
    whole.build();
    let whole = whole.mut_args(with_help);
    let mut page = Vec::new();
    let man = Man::new(whole.clone());
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    append_chapters(&whole, &mut page)?;
    man.render_extra_section(&mut page)?;
    Ok(page)
}

/// A chapter for each command, its sub-commands right behind it.
fn append_chapters(parent: &Command, page: &mut Vec<u8>) -> io::Result<()> {
    for command in parent
        .get_subcommands()
        .filter(|command| command.get_name() != "help")
    {
        page.extend(chapter(command)?.into_bytes());
        append_chapters(command, page)?;
    }
    Ok(())
}

/// One command: a heading of its own, with the sections of its page below it.
fn chapter(command: &Command) -> io::Result<String> {
    let own = command.clone().disable_help_flag(true).mut_args(|arg| {
        let told_above = arg.is_global_set() || arg.get_id() == "help";
        with_help(arg).hide(told_above)
    });
    let name = command
        .get_bin_name()
        .unwrap_or(command.get_name())
        .to_uppercase();
    let man = Man::new(own);
    let mut page = Vec::new();
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    man.render_extra_section(&mut page)?;
    let body = String::from_utf8_lossy(&page).replace(".SH ", ".SS ");
    Ok(format!(".SH \"{name}\"\n{body}"))
}

/// The page shows every option in full, also those that the short help leaves out.
fn with_help(arg: Arg) -> Arg {
    arg.hide_short_help(false)
}
